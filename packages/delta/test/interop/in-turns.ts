import assert from 'node:assert/strict';
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import {
  type AddFile,
  commit,
  createTable,
  field,
  openTable,
  refresh,
  struct,
  writeParquet,
} from '../../src/index.ts';
import { assertSameRows, type Row, rowsOf } from '../plain.ts';
import { emptyFolder } from '../table.ts';
import type { Counterpart } from './counterpart.ts';

const SCHEMA = struct([field('p', 'string'), field('id', 'string'), field('n', 'long')]);
const TABLE = { schema: SCHEMA, partitionColumns: ['p'] };

export interface Turns {
  commits: number;
  /** Every so many commits one is theirs. */
  theirsEvery: number;
}

/** Both write one table: what either reads at the end is what was written. */
export function testInTurns(other: Counterpart, { commits, theirsEvery }: Turns): void {
  const { name, skip } = other;

  test(`${commits} commits across checkpoints, by us and ${name} in turns`, { skip }, async (t) => {
    const root = await emptyFolder(t);
    const source = await theirSource(t);
    let snapshot = await createTable(root, TABLE);
    const variants = await twoVariants(root);
    const ours = new Map<string, Row>();
    let theirs = 0;
    while (snapshot.version < commits) {
      const version = snapshot.version + 1;
      if (version % theirsEvery === 0) {
        if (theirs === 3) await other.remove(root, "p = 'theirs'");
        else await other.append(source, root);
        theirs = theirs === 3 ? 0 : theirs + 1;
        snapshot = await refresh(snapshot);
      } else {
        const { add, row } = variants[Math.floor(version / 2) % 2]![version % 10]!;
        const change = { operation: 'WRITE', add: [add], replace: { partition: add.partitionValues } };
        const txn = { appId: `p${version % 10}`, version };
        const result = await commit(snapshot, { ...change, txn });
        assert.ok(result.committed);
        assert.equal(result.checkpointError, undefined);
        snapshot = result.snapshot;
        ours.set(row.p as string, row);
      }
    }
    assert.ok(snapshot.version >= commits);
    const appended = await rowsOf(await openTable(source));
    const expected = [...ours.values(), ...Array.from({ length: theirs }, () => appended).flat()];
    assertSameRows(await rowsOf(snapshot), expected);
    assertSameRows(await rowsOf(await openTable(root)), expected);
    assertSameRows(await other.read(root), expected);
    const shortened = await withoutOldCommits(t, root, snapshot.version);
    assertSameRows(await rowsOf(await openTable(shortened)), expected);
    assertSameRows(await other.read(shortened), expected);
  });
}

/** A table of rows that they append. */
async function theirSource(t: TestContext): Promise<string> {
  const root = await emptyFolder(t);
  const batch = { rows: 2, columns: { id: ['theirs 1', 'theirs 2'], n: [1n, null] } };
  const add = await writeParquet({ root, ...TABLE, partition: { p: 'theirs' } }, [batch]);
  await commit(await createTable(root, TABLE), { operation: 'WRITE', add });
  return root;
}

/** Two files for each of ten partitions: commits take one for the other, so that no time goes into data. */
async function twoVariants(root: string): Promise<{ add: AddFile; row: Row }[][]> {
  const variant = (name: string) =>
    Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const p = `ours/${index}%`;
        const batch = { rows: 1, columns: { id: [name], n: [BigInt(index)] } };
        const [add] = await writeParquet({ root, ...TABLE, partition: { p }, name: `${name}.parquet` }, [
          batch,
        ]);
        return { add: add!, row: { p, id: name, n: { int: String(index) } } };
      }),
    );
  return [await variant('one'), await variant('two')];
}

/** A copy whose log begins at the newest checkpoint. */
async function withoutOldCommits(t: TestContext, root: string, version: number): Promise<string> {
  const copy = await emptyFolder(t);
  await cp(root, copy, { recursive: true });
  const log = join(copy, '_delta_log');
  const names = await readdir(log);
  const numbered = (pattern: RegExp) => names.filter((name) => pattern.test(name));
  const last = numbered(/^\d{20}\.checkpoint\.parquet$/)
    .sort()
    .at(-1)!;
  assert.ok(Number(last.slice(0, 20)) > version - 20);
  for (const name of numbered(/^\d{20}\./)) if (name < last.slice(0, 20)) await rm(join(log, name));
  return copy;
}
