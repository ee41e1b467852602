import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { quoteLiteral } from '@throughline/delta';
import { parseConfig } from '../../config/index.ts';
import { mappingOf } from '../../source/mapping.ts';
import { openLocalEngine } from './local-engine.ts';
import { openSession } from './session.ts';

async function described(t: TestContext, source: object, write: (folder: string) => Promise<void>) {
  const directory = await mkdtemp(join(tmpdir(), 'describe-'));
  t.after(() => rm(directory, { recursive: true }));
  await write(directory);
  const text = JSON.stringify({ name: 't', source: { id: 'id', text: 'body', ...source } });
  const config = parseConfig(text, 'throughline.yaml', { env: {} });
  await using engine = openLocalEngine({ config, directory, file: 'throughline.yaml' });
  const files = await engine.findFiles();
  return await engine.describe({ config, mapping: mappingOf(config.source), files, directory });
}

test('all columns of CSV and its folders, in whatever encoding, packed or not', async (t) => {
  const columns = await described(
    t,
    { type: 'csv', path: '**/*.csv*', encoding: 'utf-16' },
    async (folder) => {
      await mkdir(join(folder, 'day=2024-01-01'));
      const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
      await writeFile(join(folder, 'day=2024-01-01', 'a.csv'), utf16('id,body\n1,x\n'));
      await writeFile(join(folder, 'b.csv'), utf16('id,body\n1,x\n').swap16());
      await writeFile(join(folder, 'c.csv.gz'), gzipSync(utf16('id,body,Größe\n1,x,2\n')));
    },
  );
  assert.deepEqual(columns, [
    { name: 'Größe', partial: true },
    { name: 'body' },
    { name: 'day', partial: true },
    { name: 'id' },
  ]);
});

test('all columns of Parquet with their types, packed or not', async (t) => {
  const columns = await described(t, { type: 'parquet', path: '*.parquet*' }, async (folder) => {
    await using session = await openSession();
    const path = join(folder, 'a.parquet');
    await session.query(
      `COPY (SELECT 1 AS id, 'x' AS body, [1] AS list) TO ${quoteLiteral(path)} (FORMAT parquet)`,
    );
    await writeFile(join(folder, 'b.parquet.gz'), gzipSync(await readFile(path)));
  });
  assert.deepEqual(columns, [
    { name: 'body', type: 'string' },
    { name: 'id', type: 'integer' },
    { name: 'list', type: 'nested' },
  ]);
});

test('JSON Lines have no columns of their own', async (t) => {
  const write = (folder: string) => writeFile(join(folder, 'a.jsonl'), '{"id":"1","body":"x"}\n');
  assert.equal(await described(t, { type: 'jsonl', path: 'a.jsonl' }, write), undefined);
});
