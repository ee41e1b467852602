import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';

const FILE = new URL('../../python/throughline_client.py', import.meta.url);

/** The client for notebooks: one file without dependencies, from the server that it is for. */
export async function servePythonClient(app: FastifyInstance): Promise<void> {
  const text = await readFile(FILE, 'utf8');
  app.get('/throughline_client.py', { schema: { hide: true } }, (_, reply) =>
    reply.type('text/x-python; charset=utf-8').send(text),
  );
}
