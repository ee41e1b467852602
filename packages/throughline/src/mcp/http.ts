/** MCP by streamable HTTP, without sessions: each request is whole by itself, so that any replica may answer it. */
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { FastifyInstance } from 'fastify';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Handlers } from '../serve/caller.ts';
import { createMcpServer } from './tools.ts';

export const MCP_PATH = '/mcp';

/** The protocol has given batches up (2025-06-18), and one would count as one request. */
function batchRefused(): ThroughlineError {
  return new ThroughlineError('a request holds one message', {
    code: 'request_invalid',
    exitCode: EXIT.usage,
    hint: 'Send each message by itself.',
  });
}

export function addMcp(app: FastifyInstance, handlers: Handlers): void {
  app.post(MCP_PATH, { schema: { hide: true } }, async (request, reply) => {
    const { access, id: requestId } = request;
    if (Array.isArray(request.body)) throw batchRefused();
    const onFault = (error: Error) => request.log.error({ err: error }, 'a tool failed');
    const server = await createMcpServer(handlers, { access, requestId, onFault });
    // Without an id of a session there is none.
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    reply.raw.on('close', () => server.close());
    await server.connect(transport);
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    await transport.handleRequest(request.raw, reply.raw, request.body);
  });
  // There are no sessions to listen to or to end.
  app.route({
    method: ['GET', 'DELETE'],
    url: MCP_PATH,
    schema: { hide: true },
    handler: (_, reply) => reply.code(405).header('allow', 'POST').send(),
  });
}
