import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { emptyFolder, SCHEMA } from '../test/table.ts';
import { createTable } from './create-table.ts';
import { SchemaMismatchError, UnsupportedFeatureError } from './errors.ts';
import { readCommit } from './history.ts';
import { openTable } from './open-table.ts';
import { field, struct } from './schema.ts';

test('a created table is version 0, empty, and opens as what was asked for', async (t) => {
  const root = join(await emptyFolder(t), 'deep', 'table');
  const options = {
    schema: SCHEMA,
    partitionColumns: ['part'],
    name: 'n',
    configuration: { owner: 'me' },
    id: 'x',
  };
  const created = await createTable(root, { ...options, clock: () => 1234.5 });
  const opened = await openTable(root);
  assert.deepEqual(opened.metadata, created.metadata);
  assert.deepEqual(opened.metadata, { ...options, createdTime: 1234 });
  assert.deepEqual([opened.version, opened.timestamp, await opened.files()], [0, 1234, []]);
});

test('the first commit has commitInfo, protocol and metaData, in this order', async (t) => {
  const root = await emptyFolder(t);
  await createTable(root, { schema: SCHEMA });
  assert.deepEqual((await readCommit(root, 0)).flatMap(Object.keys), ['commitInfo', 'protocol', 'metaData']);
});

test('many processes that create one table at once get one table', async (t) => {
  const root = await emptyFolder(t);
  const tables = await Promise.all(Array.from({ length: 10 }, () => createTable(root, { schema: SCHEMA })));
  assert.equal(new Set(tables.map((table) => table.metadata.id)).size, 1);
});

test('a table that is there with another schema or other partitions is not taken for the one asked for', async (t) => {
  const root = await emptyFolder(t);
  await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  const other = struct([...SCHEMA.fields, field('more', 'long')]);
  await assert.rejects(createTable(root, { schema: other, partitionColumns: ['part'] }), SchemaMismatchError);
  await assert.rejects(createTable(root, { schema: SCHEMA }), SchemaMismatchError);
});

test('a folder with other files but no commit becomes a table', async (t) => {
  const root = await emptyFolder(t);
  await mkdir(join(root, '_delta_log'));
  await writeFile(join(root, '_delta_log', '.left.tmp'), '{"add":');
  assert.equal((await createTable(root, { schema: SCHEMA })).version, 0);
});

test('what needs a newer protocol is refused before anything is written', async (t) => {
  const root = await emptyFolder(t);
  const configuration = { 'delta.enableDeletionVectors': 'true' };
  await assert.rejects(createTable(root, { schema: SCHEMA, configuration }), UnsupportedFeatureError);
  await assert.rejects(openTable(root), { code: 'TABLE_NOT_FOUND' });
});
