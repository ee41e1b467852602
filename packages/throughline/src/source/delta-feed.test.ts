/** Changes of Delta tables: what they come to, whatever commits wrote. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  type AddFile,
  addColumns,
  commit,
  createTable,
  field,
  openTable,
  optimize,
  restore,
  struct,
  writeParquet,
} from '@throughline/delta';
import fc from 'fast-check';
import { withDeletionVector } from '../../../delta/test/deletion-vector.ts';
import { parseConfig, type SourceConfig } from '../config/index.ts';
import { type DeltaFeedOptions, openDeltaFeed } from './delta-feed.ts';
import { afterVersion, amidFirst, deltaPlace } from './delta-position.ts';
import { Follower, type Row } from './testing/followed.ts';

const folder = await mkdtemp(join(tmpdir(), 'throughline-delta-feed-'));
after(() => rm(folder, { recursive: true, force: true }));

const SCHEMA = struct([field('id', 'long'), field('body', 'string')]);
let tables = 0;

/** A table as its writer sees it: which rows each live file holds. */
async function newTable(source: object = {}) {
  const path = `table_${++tables}`;
  const root = join(folder, path);
  await createTable(root, { schema: SCHEMA });
  const files = new Map<AddFile, Map<number, string>>();
  const holds = () => [...files.values()].flatMap((rows) => [...rows]);
  /** One commit that removes these files and writes these rows in another. */
  const write = async (remove: readonly AddFile[], rows: ReadonlyMap<number, string>) => {
    const columns = { id: [...rows.keys()].map(BigInt), body: [...rows.values()] };
    const place = { root, schema: SCHEMA, partitionColumns: [], partition: {} };
    const add = rows.size === 0 ? [] : await writeParquet(place, [{ rows: rows.size, columns }]);
    await commit(await openTable(root), { operation: 'WRITE', add, remove });
    for (const file of remove) files.delete(file);
    for (const file of add) files.set(file, new Map(rows));
  };
  const given = { type: 'delta', path, id: 'id', text: 'body', ...source };
  const config = JSON.stringify({ name: 'x', source: given });
  return {
    ...{ root, files, write, holds },
    source: parseConfig(config, 'throughline.yaml', { env: {} }).source,
    now: () => new Map(holds().map(([id, body]): [string, Row] => [String(id), { id: String(id), body }])),
  };
}

function follow(
  source: SourceConfig,
  { maxChanges = 100, until = 'end', ...more }: Partial<DeltaFeedOptions> = {},
): Follower {
  return new Follower((options) => openDeltaFeed(source, { directory: folder, ...options, ...more }), {
    maxChanges,
    until,
  });
}

const sorted = (rows: ReadonlyMap<string, Row>) => new Map([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));

const write = fc.record({
  /** Of the table's files, by number, those that are written anew. */
  remove: fc.array(fc.nat(3), { maxLength: 2 }),
  /** Which of their rows stay as they are. */
  stays: fc.func(fc.boolean()),
  rows: fc.array(fc.tuple(fc.nat(9), fc.constantFrom('', 'a', 'b', 'c')), { maxLength: 6 }),
});
const step = fc.record({
  writes: fc.array(write, { maxLength: 3 }),
  next: fc.constantFrom('go on', 'crash', 'optimise'),
});

test('whatever commits write, what was told comes to what the table holds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, maxChanges) => {
        const { source, files, write: put, holds, now, root } = await newTable();
        const follower = follow(source, { maxChanges });
        for (const { writes, next } of steps) {
          for (const { remove, stays, rows } of writes) {
            const removed = [...new Set(remove.flatMap((i) => [...files.keys()][i] ?? []))];
            const kept = new Map(
              removed.flatMap((file) => [...files.get(file)!].filter(([id]) => stays(id))),
            );
            for (const [id, body] of rows) kept.set(id, body);
            // An id is in one file alone.
            const others = removed.flatMap((file) => [...files.get(file)!.keys()]);
            const taken = new Set(
              holds()
                .map(([id]) => id)
                .filter((id) => !others.includes(id)),
            );
            for (const id of taken) kept.delete(id);
            if (removed.length + kept.size > 0) await put(removed, kept);
          }
          if (next === 'optimise') {
            await optimize(await openTable(root));
            const [file] = await (await openTable(root)).files();
            const all = new Map(holds());
            files.clear();
            if (file !== undefined) files.set(file, all);
          }
          if (next === 'crash') {
            const batch = await follower.read();
            if (batch !== undefined) follower.commit(batch);
            await follower.close();
            continue;
          }
          await follower.toEnd();
          assert.deepEqual(sorted(follower.records), sorted(now()));
        }
        await follower.toEnd();
        assert.deepEqual(sorted(follower.records), sorted(now()));
      },
    ),
    { numRuns: 6, seed: 20_240_131 },
  );
});

test('rows that were only written anew are no changes, and those that are gone are deletes', async () => {
  const { source, write: put, files, root } = await newTable();
  await put(
    [],
    new Map([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
    ]),
  );
  await put([], new Map([[5, 'e']]));
  const follower = follow(source, { maxChanges: 2 });
  const stream = `delta:${source.path}`;
  assert.equal((await follower.toEnd()).length, 5);
  assert.equal(follower.positions.get(stream), afterVersion(2));
  await put(
    [...files.keys()].slice(0, 1),
    new Map([
      [1, 'a'],
      [2, 'B'],
      [4, 'd'],
      [6, 'f'],
    ]),
  );
  const changes = await follower.toEnd();
  assert.deepEqual(changes, [
    { kind: 'delete', id: '3' },
    { kind: 'upsert', row: { id: '2', body: 'B' } },
    { kind: 'upsert', row: { id: '6', body: 'f' } },
  ]);
  const last = follower.batches.at(-1)!;
  assert.deepEqual([last.to, last.newestAt], [afterVersion(3), (await openTable(root)).timestamp]);
  await optimize(await openTable(root));
  assert.deepEqual(await follower.toEnd(), []);
  await restore(await openTable(root), { version: 2 });
  assert.deepEqual(
    (await follower.toEnd()).map((one) => (one.kind === 'upsert' ? one.row : one)),
    [
      { kind: 'delete', id: '6' },
      { id: '2', body: 'b' },
      { id: '3', body: 'c' },
    ],
  );
});

test('a first version that was read in part is read to its end, though another one is there', async () => {
  const { source, write: put, files, now } = await newTable();
  await put([], new Map([[1, 'a']]));
  await put(
    [],
    new Map([
      [2, 'b'],
      [3, 'c'],
    ]),
  );
  const follower = follow(source, { maxChanges: 1 });
  follower.commit((await follower.read())!);
  await follower.close();
  assert.deepEqual([...follower.records.keys()], ['1']);
  await put([...files.keys()].slice(0, 1), new Map());
  await follower.toEnd();
  assert.deepEqual(sorted(follower.records), sorted(now()));
});

test('rows that a deletion vector marks are deletes, and the others of the file are no changes', async () => {
  const path = `table_${++tables}`;
  const { snapshot } = await withDeletionVector(join(folder, path));
  const { source } = await newTable({ path, text: 'id' });
  const follower = follow(source);
  follower.positions.set(`delta:${path}`, afterVersion(snapshot.version - 1));
  assert.deepEqual(await follower.toEnd(), [
    { kind: 'delete', id: 'id-1' },
    { kind: 'delete', id: 'id-3' },
  ]);
});

test('a column that was added since is null in rows from before', async () => {
  const { source, write: put, root } = await newTable({ attributes: ['kind'] });
  await put([], new Map([[1, 'a']]));
  await assert.rejects(follow(source).read(), { exitCode: 78 });
  await addColumns(await openTable(root), [field('kind', 'string')]);
  const follower = follow(source);
  follower.positions.set(`delta:${source.path}`, afterVersion(0));
  assert.deepEqual(await follower.toEnd(), [{ kind: 'upsert', row: { id: '1', body: 'a', kind: null } }]);
});

test('commits are found while the table is followed', async (t) => {
  const { source, write: put } = await newTable();
  const follower = follow(source, { until: 'follow' });
  t.after(() => follower.close());
  await put([], new Map([[1, 'a']]));
  await follower.until('1', (row) => row !== undefined);
  await put([], new Map([[2, 'b']]));
  await follower.until('2', (row) => row !== undefined);
  assert.equal(follower.batches.length, 2);
});

test('what can no longer be told ends with what to do', async () => {
  const { source, write: put, files, root } = await newTable();
  await put([], new Map([[1, 'a']]));
  const follower = follow(source);
  await follower.toEnd();
  await put([...files.keys()], new Map([[1, 'b']]));
  const names = (await readdir(root)).filter((name) => name.endsWith('.parquet'));
  const [before] = (await (await openTable(root, { version: 1 })).files()).map(({ path }) => path);
  assert.ok(names.includes(before!));
  await rm(join(root, before!));
  await assert.rejects(follower.read(), { exitCode: 66, hint: /vacuum.*run --force/ });
  await follower.close();
  follower.positions.set(`delta:${source.path}`, afterVersion(9));
  await assert.rejects(follower.read(), {
    exitCode: 66,
    message: /at version 2, and its changes were read up to 9/,
  });
  await follower.close();
  for (const more of [{ id: undefined }, { version: 1 }])
    await assert.rejects(follow({ ...source, ...more }).read(), { exitCode: 78 });
});

test('a position says what was told, and what is to be read as a whole again', () => {
  assert.deepEqual(deltaPlace(afterVersion(0)), { told: 0 });
  assert.deepEqual(deltaPlace(afterVersion(12) + 7), { told: 12 });
  const first = amidFirst(12, null);
  const second = amidFirst(12, first);
  assert.ok(first < second && second < afterVersion(12) && first > afterVersion(11));
  for (const position of [first, second]) assert.deepEqual(deltaPlace(position), { told: 11, reading: 12 });
});

test('after another process has committed, what it has seen is behind', async () => {
  const { source, write: put } = await newTable();
  await put([], new Map([[1, 'a']]));
  const stream = `delta:${source.path}`;
  const stop = new AbortController();
  let position: number | null = null;
  await using feed = await openDeltaFeed(source, {
    ...{ directory: folder, maxChanges: 1, until: 'end', everyMs: 1, signal: stop.signal },
    positionOf: async () => position,
  });
  const batches = feed.batches()[Symbol.asyncIterator]();
  await batches.next();
  await put([], new Map([[2, 'b']]));
  position = afterVersion(2);
  feed.restart(stream);
  assert.equal((await batches.next()).done, true);
});

test('a column that a later version drops ends it', async () => {
  const { source, write: put, root } = await newTable();
  await put([], new Map([[1, 'a']]));
  const follower = follow(source, { until: 'follow' });
  follower.commit((await follower.read())!);
  const log = (version: number) => join(root, '_delta_log', `${String(version).padStart(20, '0')}.json`);
  const actions = (await readFile(log(0), 'utf8')).trim().split('\n');
  const { metaData } = actions.map((line) => JSON.parse(line)).find((action) => action.metaData);
  const schema = JSON.parse(metaData.schemaString);
  const fields = schema.fields.filter(({ name }: { name: string }) => name !== 'body');
  metaData.schemaString = JSON.stringify({ ...schema, fields });
  await writeFile(log(2), `${JSON.stringify({ metaData })}\n`);
  await assert.rejects(follower.read(), { exitCode: 78 });
  await follower.close().catch(() => {});
});

test('what is known to be behind a batch is told', async () => {
  const { source, write: put } = await newTable();
  const follower = follow(source, { maxChanges: 1 });
  await put([], new Map([[1, 'a']]));
  await follower.toEnd();
  for (const id of [2, 3]) await put([], new Map([[id, 'b']]));
  await follower.toEnd();
  assert.deepEqual(
    follower.batches.map(({ behind }) => behind),
    [undefined, 1, undefined],
  );
});
