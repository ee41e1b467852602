import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { ReaderGoneError, writeLines } from './write.ts';

async function* lines(count: number) {
  for (let i = 0; i < count; i++) yield Buffer.from(`${i} ${'x'.repeat(100)}\n`);
}

const bytes = (count: number) => buffer(lines(count));

test('every line is written, in its order, by few writes', async () => {
  const writes: Buffer[] = [];
  const out = new Writable({
    write(chunk, _, done) {
      writes.push(chunk);
      setImmediate(done);
    },
  });
  await writeLines(lines(5000), out, 60_000);
  assert.ok(Buffer.concat(writes).equals(await bytes(5000)));
  assert.ok(writes.length < 12, `${writes.length}`);
});

test('a slow reader is waited for, and no more is made than it has room for', async () => {
  const out = new PassThrough({ highWaterMark: 1000 });
  let made = 0;
  const counted = async function* () {
    for await (const line of lines(5000)) {
      made++;
      yield line;
    }
  };
  const writing = writeLines(counted(), out, 60_000).then(() => out.end());
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(made < 1000, `${made}`);
  const read = buffer(out);
  await writing;
  assert.ok((await read).equals(await bytes(5000)));
});

test('a reader that has gone, or takes nothing any more, ends the work', async () => {
  const silent = new Writable({ write() {} });
  await assert.rejects(writeLines(lines(5000), silent, 20), ReaderGoneError);
  await assert.rejects(writeLines(lines(1), silent, 20), ReaderGoneError);
  const gone = new Writable({
    write(_chunk, _, done) {
      done(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }));
    },
  });
  await assert.rejects(writeLines(lines(5000), gone, 60_000), ReaderGoneError);
});
