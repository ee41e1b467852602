/** A server of collectors on loopback: it keeps what it is sent. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface CollectorServer {
  url: string;
  received: Received[];
  /** The documents that were sent to a path since the last look. */
  take<T>(path: string): T[];
}

/** `answer` gives status and document for a request; 200 with nothing unless given. */
export async function collectorServer(
  t: TestContext,
  answer: (request: Received) => [number, unknown] | undefined = () => undefined,
): Promise<CollectorServer> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const one = { method: request.method!, path: request.url!, headers: request.headers, body };
    const [status, document] = answer(one) ?? [200, undefined];
    received.push(one);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(document === undefined ? '' : JSON.stringify(document));
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    take<T>(path: string) {
      const found = received.filter((one) => one.path === path);
      for (const one of found) received.splice(received.indexOf(one), 1);
      return found.map(({ body }) => JSON.parse(body) as T);
    },
  };
}
