import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { dataFiles, fileOf, rowsOf, tableWithRows } from '../test/files.ts';
import { columnOf, emptyFolder, rowsFrom, SCHEMA } from '../test/table.ts';
import { addColumns } from './add-columns.ts';
import { commit } from './commit.ts';
import { createTable } from './create-table.ts';
import { ConcurrentModificationError, InvalidCommitError, SchemaMismatchError } from './errors.ts';
import { history, readCommit } from './history.ts';
import { merge } from './merge.ts';
import { openTable } from './open-table.ts';
import { optimize } from './optimize.ts';
import { writeParquet } from './part-writer.ts';
import { field } from './schema.ts';
import type { Snapshot } from './snapshot.ts';

const without = (...numbers: number[]) => ({
  column: 'id',
  values: new Set(numbers.map((number) => `id-${number}`)),
});
const PARTS = [
  ['a', 0, 10],
  [null, 10, 10],
  ['b', 20, 10],
] as const;
const numbers = async (snapshot: Snapshot) =>
  (await columnOf(await openTable(snapshot.root), 'n')).map(Number).sort((a, b) => a - b);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

test('rows go wherever they are, and the others stay what they are, in their order and partition', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), PARTS);
  const before = await rowsOf(table);
  const result = await merge(table, { add: [], without: without(3, 4, 15, 77) });
  assert.deepEqual([result.committed, result.removedRows], [true, 3]);
  const opened = await openTable(table.root);
  assert.deepEqual(
    await rowsOf(opened),
    before.filter((_, index) => ![3, 4, 15].includes(index)),
  );
  const files = await opened.files();
  const told = files.map(({ partitionValues, tags, stats }) => [
    partitionValues.part,
    tags?.['throughline.rows'] ?? null,
    JSON.parse(stats!).numRecords,
  ]);
  assert.deepEqual(
    told.sort(),
    [
      ['a', 'kept', 8],
      ['b', null, 10],
      [null, 'kept', 9],
    ].sort(),
  );
  const rewritten = files.find(({ partitionValues, tags }) => tags && partitionValues.part === 'a')!;
  assert.match(rewritten.path, /^part=a\/part-[0-9a-f-]{36}\.parquet$/);
  assert.deepEqual(
    (await columnOf(result.snapshot, 'n')).map(Number).filter((n) => n < 10),
    [0, 1, 2, 5, 6, 7, 8, 9],
  );
});

test('many rows keep their order, among more values than rows, and when files are joined', async (t) => {
  const rows = 150_000; // more than a row group
  const table = await tableWithRows(await emptyFolder(t), [
    ['a', 0, rows],
    ['a', rows, 10],
  ]);
  const values = new Set(Array.from({ length: 2 * rows }, (_, i) => `id-${i * 3}`));
  const { snapshot } = await merge(table, { add: [], without: { column: 'id', values } });
  for (const file of await snapshot.files()) {
    const found = (await columnOf(snapshot, 'n', { files: [file] })).map(Number);
    assert.ok(found.every((n, i) => i === 0 || n > found[i - 1]!));
  }
  const scanned = await columnOf(snapshot, 'n');
  assert.equal(scanned.length, range(0, rows + 10).filter((n) => n % 3 !== 0).length);
  assert.deepEqual(await columnOf((await optimize(snapshot)).snapshot, 'n'), scanned);
});

test('history says MERGE and how many rows went, and tells nobody which', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), PARTS);
  const { snapshot } = await merge(table, { add: await fileOf(table, 'a', 3, 2), without: without(3) });
  const [entry] = await history(table.root, 1);
  assert.equal(entry!.operation, 'MERGE');
  assert.deepEqual(
    [entry!.operationMetrics!.numTargetRowsDeleted, entry!.operationMetrics!.numTargetRowsCopied],
    ['1', '9'],
  );
  const [first] = await readCommit(table.root, snapshot.version);
  assert.doesNotMatch(JSON.stringify(first), /id-3/);
  assert.equal(first && 'commitInfo' in first && first.commitInfo.isBlindAppend, false);
  await merge(snapshot, { operation: 'DELETE', add: [], without: without(3) });
  assert.equal((await history(table.root, 1))[0]!.operation, 'DELETE');
});

test('a row that comes with the merge takes the place of the one that goes, in another partition too', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), PARTS);
  const add = await fileOf(table, 'z', 5, 1);
  const { snapshot, removedRows } = await merge(table, { add, without: without(5) });
  assert.equal(removedRows, 1);
  assert.deepEqual(await numbers(snapshot), range(0, 30));
  const added = (await snapshot.files()).find(({ partitionValues }) => partitionValues.part === 'z');
  assert.equal(added!.tags, undefined);
});

test('a file without a row left is only removed; where nothing matches nothing is written', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), PARTS);
  const emptied = await merge(table, { add: [], without: without(...range(10, 20)) });
  assert.equal(emptied.removedRows, 10);
  assert.equal((await emptied.snapshot.files()).length, 2);
  const same = await merge(emptied.snapshot, { add: [], without: without(10, 99) });
  assert.deepEqual([same.committed, same.removedRows], [true, 0]);
  assert.equal((await dataFiles(table.root)).length, 3);
  assert.ok((await merge(same.snapshot, { add: [], without: without() })).committed);
});

test('null is not a value; any text is', async (t) => {
  const root = await emptyFolder(t);
  const schema = { ...SCHEMA, fields: SCHEMA.fields.map((field) => ({ ...field, nullable: true })) };
  const options = { root, schema, partitionColumns: ['part'] };
  const table = await createTable(root, options);
  const { columns } = rowsFrom(0, 4);
  const ids = [null, "it's", 'ü😀"%', 'null'];
  const add = await writeParquet({ ...options, partition: { part: 'a' } }, [
    {
      rows: 4,
      columns: { ...columns, id: ids, vector: [null, new Float32Array(3), new Float32Array(), null] },
    },
  ]);
  const { snapshot } = await commit(table, { operation: 'WRITE', add });
  const values = new Set(["it's", 'ü😀"%', 'a\0b', '\ud800']);
  const result = await merge(snapshot, { add: [], without: { column: 'id', values } });
  assert.equal(result.removedRows, 2);
  assert.deepEqual(await columnOf(result.snapshot, 'id'), [null, 'null']);
  assert.deepEqual(await columnOf(result.snapshot, 'vector'), [null, null]);
});

test('two writers on one snapshot lose nothing: the second searches what the first has added', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), PARTS);
  const [one, other] = [await fileOf(table, 'x', 1, 3), await fileOf(table, 'y', 2, 4)];
  const results = await Promise.all([
    merge(table, { add: one, without: without(1, 2, 3) }),
    merge(table, { add: other, without: without(2, 3, 4, 5, 25) }),
  ]);
  assert.ok(results.every(({ committed }) => committed));
  assert.deepEqual(
    await numbers(table),
    range(0, 30).filter((number) => number !== 25),
  );
  const live = await (await openTable(table.root)).files();
  const history = await Promise.all(results.map(({ snapshot }) => snapshot.files()));
  const known = new Set([...live, ...(await table.files()), ...history.flat()].map(({ path }) => path));
  assert.deepEqual(
    (await dataFiles(table.root)).filter((path) => !known.has(path)),
    [],
    'no file of a lost try is left',
  );
});

test('many writers at once: each id ends with one row', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), PARTS);
  const adds = await Promise.all(range(0, 6).map((part) => fileOf(table, `p${part}`, 5, 12)));
  await Promise.all(adds.map((add) => merge(table, { add, without: without(...range(5, 17)) })));
  assert.deepEqual(await numbers(table), range(0, 30));
});

test('a file that another writer has written anew in between is searched anew', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), [...PARTS, ['a', 30, 5]]);
  await optimize(table);
  const result = await merge(table, { add: [], without: without(0, 33) });
  assert.equal(result.removedRows, 2);
  assert.deepEqual(await numbers(table), [...range(1, 33), 34]);
});

test('txn is heeded before and after a lost race, and nothing is left behind', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), PARTS);
  const change = { add: await fileOf(table, 'a', 1, 1), without: without(1) };
  const txn = { appId: 'stream', version: 7, after: null };
  const first = await merge(table, { ...change, txn });
  assert.ok(first.committed);
  const before = await dataFiles(table.root);
  const stale = await merge(table, { add: [], without: without(1, 2), txn });
  assert.deepEqual([stale.committed, !stale.committed && stale.existing, stale.removedRows], [false, 7, 0]);
  const ahead = { appId: 'stream', version: 12, after: 9 };
  assert.equal((await merge(table, { add: [], without: without(2), txn: ahead })).committed, false);
  assert.deepEqual(await dataFiles(table.root), before);
  const next = { appId: 'stream', version: 12, after: 7 };
  assert.ok((await merge(table, { add: [], without: without(2), txn: next })).committed);
  assert.equal((await openTable(table.root)).txn('stream'), 12);
});

test('what cannot be merged is refused before a file is written', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), PARTS);
  const values = new Set(['id-1']);
  for (const column of ['part', 'n', 'nowhere']) {
    await assert.rejects(merge(table, { add: [], without: { column, values } }), SchemaMismatchError);
  }
  const appendOnly = await tableWithRows(await emptyFolder(t), PARTS, { 'delta.appendOnly': 'true' });
  await assert.rejects(merge(appendOnly, { add: [], without: without(1) }), InvalidCommitError);
  for (const { root } of [table, appendOnly]) assert.equal((await dataFiles(root)).length, 3);
});

test('a schema that changed in between is a conflict, and the files that were written are gone', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), PARTS);
  await addColumns(table, [field('more', 'string')]);
  await assert.rejects(merge(table, { add: [], without: without(1) }), ConcurrentModificationError);
  assert.equal((await dataFiles(table.root)).length, 3);
  assert.deepEqual(await numbers(table), range(0, 30));
});

const step = fc.record({
  part: fc.constantFrom('a', 'b', null),
  upserts: fc.uniqueArray(fc.nat(19), { maxLength: 6 }),
  deletes: fc.uniqueArray(fc.nat(19), { maxLength: 4 }),
  stale: fc.boolean(),
});

test('any sequence of merges is the same as on a map', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const root = await mkdtemp(join(tmpdir(), 'delta-merge-'));
      try {
        const first = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
        const model = new Map<string, string>();
        let snapshot = first;
        for (const { part, upserts, deletes, stale } of steps) {
          const gone = new Set([...upserts, ...deletes].map((number) => `id-${number}`));
          const add = (await Promise.all(upserts.map((number) => fileOf(first, part, number, 1)))).flat();
          const there = [...gone].filter((id) => model.has(id)).length;
          const base = stale ? first : snapshot;
          const result = await merge(base, { add, without: { column: 'id', values: gone } });
          assert.equal(result.removedRows, there);
          for (const id of gone) model.delete(id);
          for (const number of upserts) model.set(`id-${number}`, String(part));
          snapshot = result.snapshot;
          assert.deepEqual(await partsById(snapshot), model);
        }
      } finally {
        await rm(root, { recursive: true, force: true });
      }
    }),
    { numRuns: 12 },
  );
});

async function partsById(snapshot: Snapshot): Promise<Map<string, string>> {
  const [ids, parts] = [await columnOf(snapshot, 'id'), await columnOf(snapshot, 'part')];
  const found = new Map(ids.map((id, index) => [String(id), String(parts[index])]));
  assert.equal(found.size, ids.length, 'no id is there twice');
  return found;
}
