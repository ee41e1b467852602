/** deltalake (delta-rs) and we on one table in S3: each reads and writes what the other does. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { pythonVenv } from '../../../engines/python-venv.ts';
import { commit, createTable, openTable, refresh } from '../src/index.ts';
import { fileOf, tableWithRows } from './files.ts';
import { emptyPrefix, s3ForTests } from './s3.ts';
import { columnOf, SCHEMA } from './table.ts';

const server = await s3ForTests();
const engine = await pythonVenv(['deltalake==1.6.6', 'pyarrow==26.0.1']);
const skip = server.skip || (engine.ok ? false : engine.reason);
const run = promisify(execFile);

interface Read {
  version: number;
  ids: string[];
}

async function deltalake(command: 'read' | 'append', root: string, ...more: string[]): Promise<Read> {
  if (!engine.ok || !server.ok) throw new Error('no engine');
  // What delta-rs needs to be told of its own accord: that plain HTTP is meant, and how to put conditionally.
  const env = { ...process.env, AWS_ALLOW_HTTP: 'true', AWS_CONDITIONAL_PUT: 'etag' };
  const script = join(import.meta.dirname, 'delta_rs_s3.py');
  const { stdout } = await run(engine.python, [script, command, root, ...more], { env });
  return JSON.parse(stdout) as Read;
}

test('deltalake reads our table in S3, with its checkpoint, in partitions of strange names', {
  skip,
}, async () => {
  const root = emptyPrefix();
  const parts = ['a b', '50%', 'ü😀', 'x/y:=+', null] as const;
  const rounds = [0, 1, 2].flatMap((round) =>
    parts.map((part, index) => [part, 100 * round + 10 * index, 2] as const),
  );
  const table = await tableWithRows(root, rounds);
  const read = await deltalake('read', root);
  assert.equal(read.version, 15);
  assert.deepEqual(read.ids, (await columnOf(table, 'id')).sort());
  assert.equal(read.ids.length, 30);
});

test('both write one table in S3 in turns', { skip }, async () => {
  const root = emptyPrefix();
  let table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  for (let round = 0; round < 6; round++) {
    const add = await fileOf(table, 'ours', round, 1);
    const txn = { appId: 'us', version: round };
    table = (await commit(table, { operation: 'WRITE', add, txn })).snapshot;
    const theirs = await deltalake('append', root, `theirs-${round}`);
    assert.equal(theirs.version, table.version + 1);
    table = await refresh(table);
    assert.deepEqual(theirs.ids, (await columnOf(table, 'id')).sort());
  }
  const opened = await openTable(root);
  assert.deepEqual([opened.version, (await columnOf(opened, 'id')).length, opened.txn('us')], [12, 12, 5]);
});

test('writers of both kinds at the same time: every acknowledged commit is there once', {
  skip,
}, async () => {
  const root = emptyPrefix();
  const table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  const names = ['one', 'two', 'three'];
  const theirs = names.map((name) => deltalake('append', root, name, '4'));
  const ours = names.map(async (name, index) => {
    let snapshot = table;
    for (let number = 0; number < 8; number++) {
      const add = await fileOf(snapshot, name, 1000 * (index + 1) + number, 1);
      snapshot = (await commit(snapshot, { operation: 'WRITE', add })).snapshot;
    }
  });
  await Promise.all([...theirs, ...ours]);
  const ids = (await columnOf(await openTable(root), 'id')) as string[];
  assert.equal(ids.length, 3 * 4 + 3 * 8);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal((await openTable(root)).version, ids.length);
});
