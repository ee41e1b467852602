/** A server on this machine that takes what alerts send. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { Notice } from '../src/alert/alert.ts';

export interface Received {
  path: string;
  signature: string | undefined;
  body: string;
}

/** A server that takes what it is sent; it answers with the statuses in turn, then 200. */
export async function receiver(t: Pick<TestContext, 'after'>) {
  const received: Received[] = [];
  const statuses: number[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const status = statuses.shift() ?? 200;
    if (status === 200)
      received.push({
        path: request.url!,
        signature: request.headers['x-throughline-signature'] as string,
        body,
      });
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  /** Notices to the webhook since the last look. */
  const news = (): Notice[] => received.splice(0).map(({ body }) => JSON.parse(body));
  return { url, received, statuses, news };
}
