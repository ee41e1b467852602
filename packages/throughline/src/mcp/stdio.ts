import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Caller, Handlers } from '../serve/caller.ts';
import { createMcpServer } from './tools.ts';

/** Answers on standard input and output until the client goes away, or the signal aborts. */
export async function serveStdio(handlers: Handlers, caller: Caller, signal: AbortSignal): Promise<void> {
  const server = await createMcpServer(handlers, caller);
  const closed = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
    process.stdin.once('end', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.connect(new StdioServerTransport());
  await closed;
  await server.close();
}
