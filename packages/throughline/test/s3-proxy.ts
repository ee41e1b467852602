/** A proxy before an S3 server: it passes requests on, or fails as it is told. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

export type Fault =
  | { kind: 'answer'; status: number; code: string }
  /** The connection breaks, and the server never hears of the request. */
  | { kind: 'reset before' }
  /** What was asked for is done; the answer gets lost. */
  | { kind: 'reset after' }
  | { kind: 'late'; ms: number }
  /** No answer ever. */
  | { kind: 'silent' };

export interface S3Proxy {
  /** `http://127.0.0.1:PORT` */
  url: string;
  requests: number;
  /** How often each kind was met, a status as `answer 503`. */
  faults: Record<string, number>;
}

type Misbehave = (asked: { method: string; path: string }) => Fault | undefined;

export async function s3Proxy(t: TestContext, target: string, misbehave: Misbehave): Promise<S3Proxy> {
  const proxy: S3Proxy = { url: '', requests: 0, faults: {} };
  const server = createServer(async (message, response) => {
    const body = await bytesOf(message);
    const fault = misbehave({ method: message.method!, path: message.url! });
    proxy.requests++;
    if (fault) {
      const name = fault.kind === 'answer' ? `answer ${fault.status}` : fault.kind;
      proxy.faults[name] = (proxy.faults[name] ?? 0) + 1;
    }
    await serve(target, message, body, response, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}

async function serve(
  target: string,
  message: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  if (fault?.kind === 'silent') return;
  if (fault?.kind === 'reset before') return void response.destroy();
  if (fault?.kind === 'answer') return refuse(response, fault);
  if (fault?.kind === 'late') await sleep(fault.ms);
  const answer = await passOn(target, message, body);
  if (fault?.kind === 'reset after') return void response.destroy();
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
}

function refuse(response: ServerResponse, { status, code }: { status: number; code: string }): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>as told</Message></Error>`);
}

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

function passOn(target: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { connection: _connection, ...kept } = headers;
    const passed = request(`${target}${url}`, { method: method!, headers: kept }, async (answer) => {
      const { connection: _, ...given } = answer.headers;
      resolve({ status: answer.statusCode!, headers: given, body: await bytesOf(answer) });
    });
    passed.on('error', reject);
    passed.end(body);
  });
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
