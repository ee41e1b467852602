import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

interface FakeRequest {
  method: string;
  /** decoded, with the bucket: `/bucket/key` */
  path: string;
  /** as it was sent: `?uploads` */
  query: string;
  isConditional: boolean;
  body: Buffer;
  metadata: Record<string, string>;
}

/** An answer of one's own instead of the right one; undefined lets the server do it right. */
type Misbehave = (request: FakeRequest, put: () => void) => FakeAnswer | undefined;

interface FakeAnswer {
  /** 0 breaks the connection. */
  status: number;
  code?: string;
  /** Further XML inside of `<Error>`. */
  more?: string;
  headers?: Record<string, string>;
  body?: Buffer;
  /** The connection breaks after so many bytes of the body. */
  breakAfter?: number;
}

/**
 * A server that puts, gets and deletes objects as S3 does, and misbehaves where it is told to. The environment
 * of the process points to it until the test ends.
 */
export async function fakeS3(t: TestContext, misbehave: Misbehave): Promise<Map<string, Buffer>> {
  const objects = new Map<string, Buffer>();
  const metadata = new Map<string, Record<string, string>>();
  const server = createServer(async (message, response) => {
    const request = await requestOf(message);
    const put = () => {
      objects.set(request.path, request.body);
      metadata.set(request.path, request.metadata);
    };
    const given = misbehave(request, put) ?? behave(objects, request, put);
    answer(response, { ...given, headers: { ...given.headers, ...metadata.get(request.path) } });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cache = await mkdtemp(join(tmpdir(), 'delta-cache-'));
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    THROUGHLINE_DELTA_CACHE: cache,
  });
  t.after(async () => {
    process.env = before;
    server.closeAllConnections();
    server.close();
    await rm(cache, { recursive: true, force: true });
  });
  return objects;
}

export const SECRET = 'a-secret-that-no-message-may-show';

async function requestOf(message: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const metadata = Object.entries(message.headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  const { pathname, search } = new URL(message.url!, 'http://host');
  return {
    method: message.method!,
    path: decodeURIComponent(pathname),
    query: search,
    isConditional: message.headers['if-none-match'] === '*',
    body: Buffer.concat(chunks),
    metadata: Object.fromEntries(metadata) as Record<string, string>,
  };
}

function behave(
  objects: Map<string, Buffer>,
  { method, path, isConditional }: FakeRequest,
  put: () => void,
): FakeAnswer {
  const there = objects.get(path);
  if (method === 'PUT') {
    if (isConditional && there !== undefined) return { status: 412, code: 'PreconditionFailed' };
    put();
    return { status: 200 };
  }
  if (method === 'DELETE') {
    objects.delete(path);
    return { status: 204 };
  }
  return there === undefined ? { status: 404, code: 'NoSuchKey' } : { status: 200, body: there };
}

function answer(response: ServerResponse, { status, code, more = '', ...given }: FakeAnswer): void {
  if (status === 0) {
    response.destroy();
    return;
  }
  const error = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>what S3 says</Message>${more}</Error>`;
  const body = given.body ?? Buffer.from(code === undefined ? '' : error);
  response.writeHead(status, { 'content-length': body.length, ...given.headers });
  if (given.breakAfter === undefined) response.end(body);
  else response.write(body.subarray(0, given.breakAfter), () => response.destroy());
}
