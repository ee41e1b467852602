import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openDatabase } from './database.ts';

/** A message of the protocol: its kind, its length, its body. */
function message(kind: string, body = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5, kind);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const READY = message('Z', Buffer.from('I'));
const GREETING = Buffer.concat([message('R', Buffer.alloc(4)), READY]);
const done = (tag: string) => Buffer.concat([message('C', Buffer.from(`${tag}\0`)), READY]);

/** Says yes to everything, and hangs up once it has said so to BEGIN. */
function answer(socket: Socket): void {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.write(GREETING);
    socket.on('data', (asked) => {
      if (asked.includes('BEGIN')) socket.end(done('BEGIN'));
      else socket.write(done('SELECT 0'));
    });
  });
}

test('a connection that is lost within a transaction fails it, and ends no process', async (t) => {
  const lost = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    answer(socket);
    socket.on('close', () => lost.resolve());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  await using database = await openDatabase(`postgres://a:b@127.0.0.1:${port}/lake?sslmode=disable`);
  const asked = database.transaction(async (query) => {
    await lost.promise;
    await setImmediate();
    await query('SELECT 1');
  });
  await assert.rejects(asked, { code: 'postgres_unavailable', exitCode: 75 });
  await setImmediate();
});
