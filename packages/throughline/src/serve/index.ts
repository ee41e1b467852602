export { type ServeOptions, type Server, startServer } from './serve.ts';
