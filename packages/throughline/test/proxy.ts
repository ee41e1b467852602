/** A proxy that hands each request to the next of several servers, and to the one after where that one is gone. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Proxy extends AsyncDisposable {
  url: string;
  /** How many requests each server has answered. */
  answered: Map<string, number>;
}

export async function proxyTo(servers: readonly string[]): Promise<Proxy> {
  const answered = new Map(servers.map((url) => [url, 0]));
  let next = 0;
  const proxy = createServer(async (message, response) => {
    const body = await buffer(message);
    for (let tries = 0; tries < servers.length; tries++) {
      const server = servers[next++ % servers.length]!;
      if (!(await handed(server, { message, body, response }))) continue;
      answered.set(server, answered.get(server)! + 1);
      return;
    }
    response.writeHead(502).end();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    answered,
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}

/** False where the server does not answer. */
function handed(
  server: string,
  { message, body, response }: { message: IncomingMessage; body: Buffer; response: ServerResponse },
): Promise<boolean> {
  const { method, headers, url } = message;
  return new Promise((resolve) => {
    const asked = request(new URL(url!, server), { method: method!, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
      answer.once('end', () => resolve(true));
    });
    asked.once('error', () => resolve(false));
    asked.end(body);
  });
}
