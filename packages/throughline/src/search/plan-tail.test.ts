import assert from 'node:assert/strict';
import { mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import {
  checkpoint,
  commit,
  createTable,
  field,
  optimize,
  type Snapshot,
  struct,
  writeParquet,
} from '@throughline/delta';
import type { IndexManifest } from './manifest.ts';
import { planTail } from './plan-tail.ts';

const SCHEMA = struct([field('_chunk', 'string'), field('_passage', 'string')]);
const LAYOUT = { schema: SCHEMA, partitionColumns: ['_chunk'] };

/** A table of passages: each chunk has as many as its number says. */
async function tableOf(t: TestContext, chunks: Record<string, number>): Promise<Snapshot> {
  const root = await mkdtemp(join(tmpdir(), 'throughline-tail-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  let table = await createTable(root, LAYOUT);
  for (const [chunk, rows] of Object.entries(chunks)) table = await change(table, { [chunk]: rows });
  return table;
}

/** Replaces what the chunks hold; without rows they are gone. One commit. */
async function change(table: Snapshot, chunks: Record<string, number>): Promise<Snapshot> {
  const remove = (await table.files()).filter(({ partitionValues }) => partitionValues._chunk! in chunks);
  const add = [];
  for (const [chunk, rows] of Object.entries(chunks)) {
    if (rows === 0) continue;
    const _passage = Array.from({ length: rows }, (_, i) => `${chunk}.${table.version}.${i}`);
    const batch = { rows, columns: { _passage } };
    add.push(...(await writeParquet({ root: table.root, ...LAYOUT, partition: { _chunk: chunk } }, [batch])));
  }
  return (await commit(table, { operation: 'WRITE', add, remove })).snapshot;
}

function baseOf(table: Snapshot, passages: number): IndexManifest {
  return { version: 'base', passagesVersion: table.version, passages } as IndexManifest;
}

test('a tail holds the chunks that have changed and are new, and the base goes without what they were', async (t) => {
  const before = await tableOf(t, { a: 100, b: 3, c: 2, d: 2 });
  const after = await change(await change(before, { b: 4, d: 0 }), { e: 1 });
  assert.deepEqual(await planTail(after, baseOf(before, 107)), {
    base: { version: 'base', without: ['b', 'd'], gone: 5 },
    chunks: ['b', 'e'],
  });
});

test('a chunk that changes twice counts once, and nothing changed is an empty tail', async (t) => {
  const before = await tableOf(t, { a: 100, b: 3 });
  const after = await change(await change(before, { b: 4 }), { b: 2 });
  assert.deepEqual(await planTail(after, baseOf(before, 103)), {
    base: { version: 'base', without: ['b'], gone: 3 },
    chunks: ['b'],
  });
  assert.deepEqual(await planTail(before, baseOf(before, 103)), {
    base: { version: 'base', without: [], gone: 0 },
    chunks: [],
  });
});

test('past a tenth of the passages, new and gone together, an index is built whole', async (t) => {
  const before = await tableOf(t, { a: 92, b: 8 });
  const tenth = await change(before, { b: 2 });
  assert.equal(
    (await planTail(tenth, baseOf(before, 100)))?.base.gone,
    8,
    'eight gone and two new are a tenth',
  );
  const more = await change(tenth, { b: 3 });
  assert.equal(await planTail(more, baseOf(before, 100)), undefined);
});

test('what was only arranged in other files has not changed', async (t) => {
  const before = await tableOf(t, { a: 100 });
  const batch = (name: string) => ({ rows: 1, columns: { _passage: [name] } });
  const place = { root: before.root, ...LAYOUT, partition: { _chunk: 'b' } };
  const add = [...(await writeParquet(place, [batch('x')])), ...(await writeParquet(place, [batch('y')]))];
  const two = (await commit(before, { operation: 'WRITE', add })).snapshot;
  const { snapshot, filesRemoved } = await optimize(two);
  assert.equal(filesRemoved, 2);
  assert.deepEqual((await planTail(snapshot, baseOf(two, 102)))?.chunks, []);
  assert.deepEqual((await planTail(snapshot, baseOf(before, 100)))?.chunks, ['b']);
});

test('no tail where the base is newer, or where the log has lost what lies between', async (t) => {
  const before = await tableOf(t, { a: 100, b: 1 });
  const after = await change(before, { b: 2 });
  assert.equal(await planTail(before, baseOf(after, 101)), undefined);
  assert.ok(await planTail(after, baseOf(before, 101)));
  await checkpoint(after);
  await unlink(join(after.root, '_delta_log', `${String(after.version).padStart(20, '0')}.json`));
  assert.equal(await planTail(after, baseOf(before, 101)), undefined);
});
