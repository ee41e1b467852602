import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { SourceConfig } from '../config/index.ts';
import { asUtf8 } from './transcode.ts';

/** Longer than a read buffer, so that characters lie across its edges. */
const TEXT = `id,text\n${'1,caf\u00e9 \u{1f600} \u4e2d\n'.repeat(20_000)}`;

async function transcoded(
  t: TestContext,
  bytes: Buffer,
  encoding: SourceConfig['encoding'],
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'transcode-'));
  t.after(() => rm(directory, { recursive: true }));
  const path = join(directory, 'a.csv');
  await writeFile(path, bytes);
  const [file] = await asUtf8([{ path, name: 'a.csv', bytes: bytes.length }], encoding, directory);
  assert.equal(file!.name, 'a.csv');
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
