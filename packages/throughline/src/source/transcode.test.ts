import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { SourceConfig } from '../config/index.ts';
import { compressionOf } from './compressed.ts';
import { asUtf8 } from './transcode.ts';

/** Longer than a read buffer, so that characters lie across its edges. */
const TEXT = `id,text\n${'1,caf\u00e9 \u{1f600} \u4e2d\n'.repeat(20_000)}`;

async function transcoded(
  t: TestContext,
  bytes: Buffer,
  encoding: SourceConfig['encoding'],
  name = 'a.csv',
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'transcode-'));
  t.after(() => rm(directory, { recursive: true }));
  const path = join(directory, name);
  await writeFile(path, bytes);
  const [file] = await asUtf8(
    [{ path, name, bytes: bytes.length, compression: compressionOf(name) }],
    encoding,
    directory,
  );
  assert.equal(file!.name, name);
  return readFile(file!.path, 'utf8');
}

test('UTF-16 of both byte orders, with surrogate pairs, becomes UTF-8 without its mark', async (t) => {
  const marked = Buffer.from(`\ufeff${TEXT}`, 'utf16le');
  assert.equal(await transcoded(t, marked, 'utf-16'), TEXT);
  assert.equal(await transcoded(t, Buffer.from(TEXT, 'utf16le'), 'utf-16'), TEXT);
  assert.equal(await transcoded(t, Buffer.from(marked).swap16(), 'utf-16'), TEXT);
});

test('latin-1 includes what Windows put into its holes', async (t) => {
  const bytes = Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x20, 0x93, 0x80, 0x94]);
  assert.equal(await transcoded(t, bytes, 'latin-1'), 'caf\u00e9 \u201c\u20ac\u201d');
});

test('a file in UTF-8 is read where it is', async (t) => {
  assert.equal(await transcoded(t, Buffer.from(TEXT), 'utf-8'), TEXT);
});

test('what is compressed is read as what is in it, in any encoding', async (t) => {
  const utf16 = Buffer.from(`\ufeff${TEXT}`, 'utf16le');
  assert.equal(await transcoded(t, gzipSync(TEXT), 'utf-8', 'a.csv.gz'), TEXT);
  assert.equal(
    await transcoded(t, Buffer.concat([gzipSync('id,text\n'), gzipSync('1,x\n')]), 'utf-8', 'a.gz'),
    'id,text\n1,x\n',
  );
  assert.equal(await transcoded(t, zstdCompressSync(TEXT), 'utf-8', 'a.csv.zst'), TEXT);
  assert.equal(await transcoded(t, gzipSync(utf16), 'utf-16', 'a.csv.GZ'), TEXT);
});

test('a compressed file that is cut off or none is an error that names it', async (t) => {
  const cut = gzipSync(TEXT).subarray(0, 500);
  for (const [bytes, name] of [
    [cut, 'cut.csv.gz'],
    [Buffer.from(TEXT), 'plain.gz'],
    [zstdCompressSync(TEXT).subarray(0, 50), 'cut.zst'],
  ] as const)
    await assert.rejects(transcoded(t, bytes, 'utf-8', name), { code: 'source_unreadable', exitCode: 65 });
});
