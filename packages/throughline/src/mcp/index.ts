export { addMcp, MCP_PATH } from './http.ts';
export { serveStdio } from './stdio.ts';
