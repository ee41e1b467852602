import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type DownloadOptions, download } from './download.ts';

const BYTES = randomBytes(300_000);
const SHA256 = createHash('sha256').update(BYTES).digest('hex');
const waits: number[] = [];
const QUICK: DownloadOptions = {
  policy: { timeoutMs: 1000, retries: 3, backoff: { firstMs: 1, factor: 2, mostMs: 4 } },
  effects: { random: () => 1, wallClock: Date.now, sleep: async (ms) => void waits.push(ms) },
};

type Answer = (request: IncomingMessage, response: ServerResponse, number: number) => void;

/** A server whose answers the test gives, by the number of the request from 0. */
async function served(t: TestContext, answer: Answer) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => answer(request, response, asked.push(request) - 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'download-'));
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const { port } = server.address() as AddressInfo;
  return { asked, port, url: `http://127.0.0.1:${port}/file`, path: join(folder, 'file') };
}

test('what broke off goes on where it was, and is whole in the end', async (t) => {
  const { asked, url, path } = await served(t, ({ headers }, response, number) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': BYTES.length - from,
      'x-linked-etag': `"${SHA256}"`,
    });
    if (number === 2) return void response.end(BYTES.subarray(from));
    response.write(BYTES.subarray(from, from + 100_000));
    setTimeout(() => response.destroy(), 50);
  });
  assert.equal(await download(url, path, QUICK), true);
  assert.deepEqual(await readFile(path), BYTES);
  assert.deepEqual(
    asked.map(({ headers }) => headers.range),
    [undefined, 'bytes=100000-', 'bytes=200000-'],
  );
});

test('a server that cannot go on begins again', async (t) => {
  const { url, path } = await served(t, (_, response, number) => {
    response.writeHead(200, { 'content-length': BYTES.length });
    if (number > 0) return void response.end(BYTES);
    response.write(BYTES.subarray(0, 50_000));
    setTimeout(() => response.destroy(), 50);
  });
  assert.equal(await download(url, path, QUICK), true);
  assert.deepEqual(await readFile(path), BYTES);
});

test('busy and broken servers are asked again, as they ask for it', async (t) => {
  const { asked, url, path } = await served(t, (_, response, number) => {
    if (number === 0) response.writeHead(429, { 'retry-after': '7' }).end();
    else if (number === 1) response.writeHead(503).end();
    else response.end(BYTES);
  });
  waits.length = 0;
  assert.equal(await download(url, path, QUICK), true);
  assert.equal(asked.length, 3);
  assert.ok(waits[0]! >= 7000 && waits[1]! <= 4, `${waits}`);
});

test('a file with other bytes than the server names is thrown away and asked for again', async (t) => {
  const { url, path } = await served(t, (_, response, number) => {
    response.writeHead(200, { 'x-linked-etag': `"${SHA256}"` });
    response.end(number === 0 ? Buffer.alloc(BYTES.length) : BYTES);
  });
  assert.equal(await download(url, path, QUICK), true);
  assert.deepEqual(await readFile(path), BYTES);
});

test('a file that is not there is not an error; what no try changes is one at once', async (t) => {
  const missing = await served(t, (_, response) => void response.writeHead(404).end());
  assert.equal(await download(missing.url, missing.path, QUICK), false);
  const refused = await served(t, (_, response) => void response.writeHead(401).end('who are you?'));
  await assert.rejects(download(refused.url, refused.path, QUICK), {
    code: 'http_401',
    exitCode: 77,
    attempts: 1,
  });
  assert.equal(refused.asked.length, 1);
});

test('a server that falls silent is a timeout, and the tries have an end', async (t) => {
  const { asked, url, path } = await served(t, () => {});
  const impatient = { ...QUICK, policy: { ...QUICK.policy!, timeoutMs: 50 } };
  await assert.rejects(download(url, path, impatient), { code: 'http_timeout', attempts: 4 });
  assert.equal(asked.length, 4);
});

test('a redirect is followed, and a key is not sent to another host', async (t) => {
  const other = await served(t, (_, response) => void response.end(BYTES));
  const { url, path, asked } = await served(t, ({ url: at }, response) => {
    const to = at === '/file' ? '/moved' : `http://127.0.0.1:${other.port}/cdn`;
    response.writeHead(302, { location: to, 'x-linked-size': BYTES.length }).end();
  });
  assert.equal(await download(url, path, { ...QUICK, headers: { authorization: 'Bearer secret' } }), true);
  assert.equal((await stat(path)).size, BYTES.length);
  assert.deepEqual(
    [...asked, ...other.asked].map(({ headers }) => headers.authorization),
    ['Bearer secret', 'Bearer secret', undefined],
  );
});

test('a file is asked for as it is: what is compressed on its way has another length', async (t) => {
  const { asked, url, path } = await served(t, (_, response) => void response.end(BYTES));
  assert.equal(await download(url, path, QUICK), true);
  assert.equal(asked[0]!.headers['accept-encoding'], 'identity');
});

test('a part that the server does not have is the beginning again', async (t) => {
  const { url, path } = await served(t, ({ headers }, response, number) => {
    if (headers.range !== undefined) return void response.writeHead(416).end();
    response.writeHead(200, { 'content-length': BYTES.length });
    if (number > 0) return void response.end(BYTES);
    response.write(BYTES.subarray(0, 1000));
    setTimeout(() => response.destroy(), 50);
  });
  assert.equal(await download(url, path, QUICK), true);
  assert.deepEqual(await readFile(path), BYTES);
});

test('an abort ends it with its reason', async (t) => {
  const { url, path } = await served(t, () => {});
  const controller = new AbortController();
  const downloading = download(url, path, { ...QUICK, signal: controller.signal });
  setTimeout(() => controller.abort(new Error('enough')), 50);
  await assert.rejects(downloading, /enough/);
});
