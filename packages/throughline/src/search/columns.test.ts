import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { commit, createTable, field, openPartWriter, openTable, struct } from '@throughline/delta';
import { type FilterColumns, parseFilter } from '../filter/index.ts';
import { columnBatch } from '../lake/batch.ts';
import type { Attribute } from '../source/mapping.ts';
import type { Value } from '../source/typed.ts';
import { type ColumnsPart, indexColumns } from './columns.ts';
import { facetColumns } from './facets.ts';
import { writeColumns } from './write-columns.ts';

const ATTRIBUTES: Attribute[] = [
  { name: 'product', column: 'product', type: 'string' },
  { name: 'count', column: 'count', type: 'long' },
  { name: 'amount', column: 'amount', type: 'double' },
  { name: 'urgent', column: 'urgent', type: 'boolean' },
];
const MAPPING = { id: 'id', text: ['text'], timestamp: 'received', attributes: ATTRIBUTES };
const COLUMNS: FilterColumns = { product: 'string', count: 'long', _chunk: 'string', _at: 'timestamp' };
const SCHEMA = struct([
  field('_chunk', 'string'),
  field('_passage', 'string'),
  field('_id', 'string'),
  field('_ordinal', 'integer'),
  field('_text', 'string'),
  field('_at', 'timestamp'),
  field('product', 'string'),
  field('count', 'long'),
  field('amount', 'double'),
  field('urgent', 'boolean'),
]);

interface Row {
  chunk?: string;
  id: string;
  ordinal?: number;
  text?: string;
  at?: bigint | null;
  attributes?: Value[];
}

/** A collection's folder with the tables of these passages. */
async function part(t: TestContext, rows: readonly Row[]): Promise<ColumnsPart> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-columns-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const root = join(folder, 'passages');
  const snapshot = await createTable(root, { schema: SCHEMA, name: 'passages' });
  if (rows.length > 0) {
    const writer = await openPartWriter({ root, schema: SCHEMA, partitionColumns: [], partition: {} });
    const cells = rows.map(
      ({ chunk = 'c', id, ordinal = 0, text = '', at = null, attributes = [] }): Value[] => {
        const row = [chunk, `${chunk}.${id}.${ordinal}`, id, ordinal as never, text, at, ...attributes];
        return SCHEMA.fields.map((_, i) => row[i] ?? null);
      },
    );
    await writer.append(columnBatch(SCHEMA, [], cells));
    await commit(snapshot, { operation: 'WRITE', add: await writer.close() }, { clock: () => 0 });
  }
  const collection = join(folder, 'collection');
  await mkdir(collection);
  const table = await openTable(root);
  await writeColumns(table, collection, ATTRIBUTES, await table.files());
  return { collection };
}

async function facets(parts: ColumnsPart[], names: string[], filter?: string) {
  await using columns = indexColumns('one', parts);
  const parsed = filter === undefined ? undefined : parseFilter(filter, COLUMNS);
  return await columns.facets(facetColumns(MAPPING, names), parsed);
}

const JANUARY = 1_705_276_800_000_000n; // 2024-01-15
const MONTH = 30n * 86_400_000_000n;

test('facets count distinct records by the values of any type, and those without one', async (t) => {
  const made = await part(t, [
    { id: 'a', at: JANUARY, attributes: ['it\'s "x"; --', 2n ** 53n + 1n, 0.5, true] },
    { id: 'a', ordinal: 1, at: JANUARY, attributes: ['it\'s "x"; --', 2n ** 53n + 1n, 0.5, true] },
    { id: 'b', at: JANUARY + MONTH, attributes: ['y', 1n, Number.NaN, false] },
    { id: 'c', at: JANUARY, attributes: ['y', 1n, null, null] },
    { id: 'c', chunk: 'other', at: JANUARY, attributes: ['y', 1n, null, null] },
  ]);
  assert.deepEqual(await facets([made], ['product', 'count', 'amount', 'urgent', 'received']), {
    product: [
      { value: 'y', records: 2 },
      { value: 'it\'s "x"; --', records: 1 },
    ],
    count: [
      { value: 1, records: 2 },
      { value: '9007199254740993', records: 1 },
    ],
    amount: [
      { value: null, records: 2 },
      { value: 0.5, records: 1 },
    ],
    urgent: [
      { value: false, records: 1 },
      { value: true, records: 1 },
      { value: null, records: 1 },
    ],
    received: [
      { value: '2024-01', records: 2 },
      { value: '2024-02', records: 1 },
    ],
  });
  assert.deepEqual(
    await facets([made], ['product'], 'count == 1 && _at < timestamp("2024-02-01T00:00:00Z")'),
    {
      product: [{ value: 'y', records: 1 }],
    },
  );
  assert.deepEqual(await facets([made], ['product'], 'count == 9007199254740993'), {
    product: [{ value: 'it\'s "x"; --', records: 1 }],
  });
});

test('parts of an index are counted as one, without the chunks that a later part replaces', async (t) => {
  const base = await part(t, [
    { id: 'a', chunk: "old's", attributes: ['x'] },
    { id: 'b', chunk: 'kept', attributes: ['x'] },
  ]);
  const tail = await part(t, [
    { id: 'a', chunk: "old's", attributes: ['y'] },
    { id: 'c', chunk: 'new', attributes: ['x'] },
  ]);
  assert.deepEqual(await facets([{ ...base, without: ["old's"] }, tail], ['product']), {
    product: [
      { value: 'x', records: 2 },
      { value: 'y', records: 1 },
    ],
  });
});

test('the words of an index are found by their beginning, and by nearly their spelling', async (t) => {
  const made = await part(t, [
    { id: 'a', text: "Charged CHARGES for the Café's charge, 12345 (charger)" },
    { id: 'b', text: 'charges again, foreclosure; d’accord' },
    { id: 'c', text: 'charges; foreclosed 3rd' },
  ]);
  const other = await part(t, [{ id: 'd', text: 'charter' }]);
  await using columns = indexColumns('one', [made, other]);
  const { words } = columns;
  assert.deepEqual(await words.startingWith('CHARG', 10), ['charges', 'charge', 'charged', 'charger']);
  assert.deepEqual(await words.startingWith('chart', 10), ['charter']);
  assert.deepEqual(await words.startingWith('charg', 1), ['charges']);
  assert.deepEqual(await words.startingWith('%', 10), []);
  assert.deepEqual(
    await words.known(['Café’s', "d'accord", '3rd', '12345', 'nothing', "x'; --"]),
    new Set(['Café’s', "d'accord", '3rd']),
  );
  assert.deepEqual(await words.near('forclosure', 1, 5), ['foreclosure']);
  assert.deepEqual(await words.near('forclosuer', 2, 5), ['foreclosure']);
  assert.deepEqual(await words.near('chagres', 1, 5), ['charges'], 'swapped letters are one edit');
});

test('an index of nothing has no words and no records', async (t) => {
  const made = await part(t, []);
  assert.deepEqual(await facets([made], ['product']), { product: [] });
  await using columns = indexColumns('one', [made]);
  assert.deepEqual(await columns.words.startingWith('a', 10), []);
});

test('an index without its tables says how to get them', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-columns-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await assert.rejects(facets([{ collection: folder }], ['product']), {
    code: 'index_damaged',
    exitCode: 66,
  });
});
