import assert from 'node:assert/strict';
import test from 'node:test';
import { commit, createTable, field, openTable, struct, writeParquet } from '../../src/index.ts';
import { assertSameRows, plainRows, rowsOf } from '../plain.ts';
import { emptyFolder } from '../table.ts';
import { ALL_TYPES, allValues } from './all-types.ts';
import type { Counterpart } from './counterpart.ts';

const OPTIONS = { schema: ALL_TYPES, partitionColumns: [], partition: {} };

const TEXT = { schema: struct([field('text', 'string')]), partitionColumns: [], partition: {} };

/** Every value of every type, and of a table without any, in both directions. */
export function testValues(other: Counterpart): void {
  const { name, skip } = other;

  test(`${name} reads every value that we write, and we read every value that it writes`, {
    skip,
  }, async (t) => {
    const [ours, theirs] = [await emptyFolder(t), await emptyFolder(t)];
    const add = await writeParquet({ root: ours, ...OPTIONS }, [allValues()]);
    const { snapshot } = await commit(await createTable(ours, OPTIONS), { operation: 'WRITE', add });
    const written = plainRows(allValues(), ALL_TYPES.fields);
    assertSameRows(await rowsOf(snapshot), written);
    assertSameRows(await other.read(ours), written);
    await other.copy(ours, theirs);
    const opened = await openTable(theirs);
    assertSameRows(await rowsOf(opened), written);
    const types = opened.metadata.schema.fields.map(({ type }) => type);
    for (const [index, { name: column, type }] of ALL_TYPES.fields.entries()) {
      assert.deepEqual(types[index], type, column);
    }
  });

  test(`a byte order mark at a text's beginning is kept, from us to ${name} and back`, {
    skip,
  }, async (t) => {
    const [ours, theirs] = [await emptyFolder(t), await emptyFolder(t)];
    const batch = { rows: 3, columns: { text: ['\ufeffx', '\ufeff', `\ufeff${'long '.repeat(20)}`] } };
    const add = await writeParquet({ root: ours, ...TEXT }, [batch]);
    const { snapshot } = await commit(await createTable(ours, TEXT), { operation: 'WRITE', add });
    const written = plainRows(batch, TEXT.schema.fields);
    assertSameRows(await other.read(ours), written);
    await other.copy(ours, theirs);
    assertSameRows(await rowsOf(await openTable(theirs)), written);
    assertSameRows(await rowsOf(snapshot), written);
  });

  test(`a table without a row, from us to ${name} and back`, { skip }, async (t) => {
    const [ours, theirs] = [await emptyFolder(t), await emptyFolder(t)];
    await createTable(ours, OPTIONS);
    assert.deepEqual(await other.read(ours), []);
    await other.copy(ours, theirs);
    assert.deepEqual(await rowsOf(await openTable(theirs)), []);
    const add = await writeParquet({ root: ours, ...OPTIONS }, [allValues()]);
    const { snapshot } = await commit(await openTable(ours), { operation: 'WRITE', add });
    await commit(snapshot, { operation: 'DELETE', add: [], replace: 'all' });
    assert.deepEqual(await other.read(ours), []);
  });
}
