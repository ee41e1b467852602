export { ANONYMOUS } from './access.ts';
export { openLogger } from './logger.ts';
export { openHandlers } from './open-handlers.ts';
export { type ServeOptions, type Server, startServer } from './serve.ts';
