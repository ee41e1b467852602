import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf } from './asked.ts';
import { sendError, sendJson } from './deliver.ts';
import { openEmbedder } from './embedder.ts';
import { DEFAULTS, type FakeApiOptions } from './options.ts';
import { type Counter, type FakeApiStats, openCounter } from './stats.ts';

export interface FakeApi {
  /** The address of `/embeddings`. */
  readonly url: string;
  stats(): FakeApiStats;
  /** How often the text was embedded. */
  paidFor(text: string): number;
  /** Also cuts off those who still wait for an answer. */
  stop(): Promise<void>;
}

/** An OpenAI-compatible server of embeddings on this machine that fails as it is told, the same way every time. */
export async function startFakeApi(options: Partial<FakeApiOptions> = {}): Promise<FakeApi> {
  const counter = openCounter();
  const embedder = openEmbedder({ ...DEFAULTS, ...options }, counter);
  const server = createServer((request, response) => {
    response.on('finish', () => counter.status(response.statusCode));
    respond(request, response).catch(() => response.destroy()); // the one who asked is gone
  });
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/stats') return sendStats(response, counter, searchParams.get('text'));
    if (request.method !== 'POST' || pathname !== '/v1/embeddings')
      return sendError(response, 404, `there is no ${request.method} ${pathname}`);
    return embedder.answer(request.headers, await bodyOf(request), response);
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? DEFAULTS.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1/embeddings`,
    stats: counter.stats,
    paidFor: counter.paidFor,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Of all, or how often one text was embedded. */
function sendStats(response: ServerResponse, counter: Counter, text: string | null): void {
  sendJson(response, 200, text === null ? counter.stats() : { paid: counter.paidFor(text) });
}
