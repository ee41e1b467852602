import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TransportError } from './errors.ts';
import { transport } from './transport.ts';

/** Of requests that are given up: long enough for a busy machine to send them. */
const TIMEOUT_MS = 500;
/** Of requests whose answer comes. */
const PATIENT_MS = 30_000;
const BODY = '{"a":1}';
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

/** A server that does with the socket of a request as it is told. */
async function serve(t: TestContext, react: (socket: Socket, request: string) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    let request = '';
    socket
      .on('error', () => {})
      .on('data', (bytes) => {
        request += bytes.toString();
        if (request.endsWith(BODY)) react(socket, request);
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/v1`;
}

const send = (url: string, signal?: AbortSignal, timeoutMs = PATIENT_MS) =>
  transport({ method: 'POST', url, headers: { 'x-test': 'yes' }, body: BODY }, timeoutMs, signal);

/** Waits for an answer that does not come. */
const waitInVain = (url: string) => send(url, undefined, TIMEOUT_MS);

function failsAs(kind: 'timeout' | 'connection', reached: boolean) {
  return (error: unknown) => {
    assert.ok(error instanceof TransportError, String(error));
    assert.deepEqual([error.kind, error.reached], [kind, reached], error.message);
    return true;
  };
}

test('a whole answer is its status, its headers in small letters and its bytes', async (t) => {
  let asked = '';
  const url = await serve(t, (socket, request) => {
    asked = request;
    socket.end('HTTP/1.1 418 Teapot\r\nRetry-After: 3\r\nContent-Length: 5\r\n\r\nhello');
  });
  const response = await send(url);
  assert.equal(response.status, 418);
  assert.equal(response.headers['retry-after'], '3');
  assert.equal(Buffer.from(response.body).toString(), 'hello');
  assert.match(asked, /^POST \/v1 .*x-test: yes.*\{"a":1\}$/s);
});

test('a body in pieces, slower altogether than the timeout, arrives', async (t) => {
  const url = await serve(t, async (socket) => {
    socket.write(`${HEAD}content-length: 6\r\n\r\n`);
    for (const piece of 'pieces') {
      await sleep(250);
      socket.write(piece);
    }
  });
  assert.equal(Buffer.from((await send(url, undefined, 1000)).body).toString(), 'pieces');
});

test('a server that accepts and says nothing is given up', async (t) => {
  await assert.rejects(waitInVain(await serve(t, () => {})), failsAs('timeout', true));
});

test('a server that stalls in its headers, or in its body, is given up', async (t) => {
  const inHeaders = await serve(t, (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-'));
  await assert.rejects(waitInVain(inHeaders), failsAs('timeout', true));
  const inBody = await serve(t, (socket) => socket.write(`${HEAD}content-length: 100\r\n\r\n{"data":`));
  await assert.rejects(waitInVain(inBody), failsAs('timeout', true));
});

test('a body that drips for ever is given up', async (t) => {
  const url = await serve(t, (socket) => {
    socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
    const drip = setInterval(() => socket.write('1\r\n \r\n'), TIMEOUT_MS / 5);
    socket.on('close', () => clearInterval(drip));
  });
  await assert.rejects(waitInVain(url), failsAs('timeout', true));
});

test('a connection that is reset, before or in the middle of the answer, is a failure', async (t) => {
  const before = await serve(t, (socket) => socket.resetAndDestroy());
  await assert.rejects(send(before), failsAs('connection', true));
  const middle = await serve(t, (socket) => {
    socket.write(`${HEAD}content-length: 100\r\n\r\n{"data":`, () => socket.resetAndDestroy());
  });
  await assert.rejects(send(middle), failsAs('connection', true));
});

test('a body that is shorter than it was said to be is a failure', async (t) => {
  const short = await serve(t, (socket) => socket.end(`${HEAD}content-length: 100\r\n\r\n{"data":[]}`));
  await assert.rejects(send(short), failsAs('connection', true));
  const cut = await serve(t, (socket) =>
    socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\nb\r\n{"data":[]}\r\n`),
  );
  await assert.rejects(send(cut), failsAs('connection', true));
});

test('what is not HTTP is a failure', async (t) => {
  const url = await serve(t, (socket) => socket.end('SSH-2.0-OpenSSH_9.7\r\n'));
  await assert.rejects(send(url), failsAs('connection', true));
});

test('a redirect is an answer, and nothing is sent to where it points', async (t) => {
  let visits = 0;
  const other = await serve(t, () => visits++);
  const url = await serve(t, (socket) =>
    socket.end(`HTTP/1.1 307 Temporary\r\nlocation: ${other}\r\ncontent-length: 0\r\n\r\n`),
  );
  assert.equal((await send(url)).status, 307);
  assert.equal(visits, 0);
});

test('a server that is not there was not reached', async () => {
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as { port: number };
  gone.close();
  await once(gone, 'close');
  await assert.rejects(send(`http://127.0.0.1:${port}/`), failsAs('connection', false));
});

test('an abort ends it with its own reason, and closes the connection', async (t) => {
  const closed = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const url = await serve(t, (socket) => {
    socket.on('close', () => closed.resolve());
    asked.resolve();
  });
  const controller = new AbortController();
  const sending = send(url, controller.signal);
  await asked.promise;
  controller.abort(new Error('enough'));
  await assert.rejects(sending, /^Error: enough$/);
  await closed.promise;
});

test('what was aborted before is not sent', async (t) => {
  const url = await serve(t, () => assert.fail('a request came'));
  await assert.rejects(send(url, AbortSignal.abort(new Error('before'))), /^Error: before$/);
});
