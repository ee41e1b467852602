export { ANONYMOUS } from './access.ts';
export { openLogger } from './logger.ts';
export { openHandlers } from './open-handlers.ts';
export { startServer } from './serve.ts';
