/** Random filters over random rows: the reference, DuckDB, Zvec and CEL text select the same rows. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import * as zvec from '@zvec/zvec';
import fc from 'fast-check';
import { loadZvec } from '../search/collection.ts';
import { FilterNotSupportedError } from './errors.ts';
import { evaluate, type FilterRow } from './evaluate.ts';
import type { Filter, FilterType } from './filter.ts';
import { parseFilter } from './parse.ts';
import { COLUMNS, filter, row } from './testing/arbitrary.ts';
import { toCel } from './testing/cel.ts';
import { fillDuckDb, selectedByDuckDb } from './testing/duckdb-rows.ts';
import { toZvec } from './zvec.ts';

const SEED = 20240101;
const rows: FilterRow[] = fc.sample(row, { seed: SEED, numRuns: 300 });
const expected = (parsed: Filter) =>
  rows.flatMap((values, index) => (evaluate(parsed, values) ? [index] : []));

let folder: string;
let duckdb: DuckDBConnection;
loadZvec(); // with the product's settings
let collection: zvec.ZVecCollection;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-filter-'));
  duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  await fillDuckDb(duckdb, rows);
  collection = fillZvec(join(folder, 'index'));
});

after(async () => {
  duckdb.closeSync();
  collection?.closeSync();
  await rm(folder, { recursive: true, force: true });
});

const ZVEC_TYPES: Record<FilterType, zvec.ZVecDataType> = {
  string: zvec.ZVecDataType.STRING,
  long: zvec.ZVecDataType.INT64,
  double: zvec.ZVecDataType.DOUBLE,
  boolean: zvec.ZVecDataType.BOOL,
  timestamp: zvec.ZVecDataType.INT64,
};

/** Every column twice: with an inverted index (`i_`), except doubles, and without (`f_`). */
function fillZvec(path: string): zvec.ZVecCollection {
  const indexParams = { indexType: zvec.ZVecIndexType.INVERT, enableRangeOptimization: true };
  const fields = Object.entries(COLUMNS).flatMap(([name, type]) => [
    {
      name: `i_${name}`,
      dataType: ZVEC_TYPES[type],
      nullable: true,
      ...(type === 'double' ? {} : { indexParams }),
    },
    { name: `f_${name}`, dataType: ZVEC_TYPES[type], nullable: true },
  ]);
  const vectors = {
    name: 'vector',
    dataType: zvec.ZVecDataType.VECTOR_FP32,
    dimension: 2,
    indexParams: { indexType: zvec.ZVecIndexType.FLAT, metricType: zvec.ZVecMetricType.IP },
  };
  const made = zvec.ZVecCreateAndOpen(
    path,
    new zvec.ZVecCollectionSchema({ name: 'filters', vectors, fields }),
  );
  const statuses = made.insertSync(
    rows.map((values, index) => ({
      id: `row-${index}`,
      vectors: { vector: [1, index] },
      fields: indexed(values),
    })),
  );
  assert.ok(statuses.every((status) => status.ok));
  made.optimizeSync();
  made.closeSync();
  return zvec.ZVecOpen(path, { readOnly: true });
}

function indexed(values: FilterRow): Record<string, string | number | boolean> {
  const known = Object.entries(values).filter(([, value]) => value !== null && !Number.isNaN(value));
  return Object.fromEntries(
    known.flatMap(([name, value]) => {
      const held = typeof value === 'bigint' ? Number(value) : (value as string | number | boolean);
      return [
        [`i_${name}`, held],
        [`f_${name}`, held],
      ];
    }),
  );
}

/** A search by vector plans its filter in another way than a filter alone. */
const NEAREST: zvec.ZVecQuery = { fieldName: 'vector', vector: [1, 1] };

function selectedByZvec(parsed: Filter, prefix: string, query: zvec.ZVecQuery = {}): number[] {
  const printed = toZvec(parsed, (name) => prefix + name);
  if (printed.match !== 'some') return printed.match === 'all' ? rows.map((_, index) => index) : [];
  const hits = collection.querySync({ ...query, filter: printed.expression, topk: 1000, outputFields: [] });
  return hits.map((hit) => Number(hit.id.slice('row-'.length))).sort((a, b) => a - b);
}

test('DuckDB selects the rows of the reference, and its condition is never NULL', async () => {
  await fc.assert(
    fc.asyncProperty(filter, async (parsed) =>
      assert.deepEqual(await selectedByDuckDb(duckdb, parsed), expected(parsed)),
    ),
    { seed: SEED, numRuns: 300 },
  );
});

test('Zvec selects the rows of the reference, with and without an inverted index, or says that it cannot', () => {
  let said = 0;
  let refused = 0;
  fc.assert(
    fc.property(
      filter,
      fc.constantFrom('i_', 'f_'),
      fc.constantFrom({}, NEAREST),
      (parsed, prefix, query) => {
        try {
          assert.deepEqual(selectedByZvec(parsed, prefix, query), expected(parsed));
          said++;
        } catch (error) {
          if (!(error instanceof FilterNotSupportedError)) throw error;
          refused++;
        }
      },
    ),
    { seed: SEED, numRuns: 1000 },
  );
  assert.ok(said > refused, `${said} said, ${refused} refused`);
});

test('reading the CEL text of a filter selects the same rows', () => {
  fc.assert(
    fc.property(filter, (parsed) =>
      assert.deepEqual(expected(parseFilter(toCel(parsed), COLUMNS)), expected(parsed)),
    ),
    { seed: SEED, numRuns: 300 },
  );
});

test('hostile texts stay texts in every engine', async () => {
  for (const text of [
    "' or 1=1 --",
    '\\',
    "\\'",
    '\0',
    "') or true or ('",
    '" or name is null or name = "',
  ]) {
    for (const is of ['==', '!='] as const) {
      const parsed = parseFilter(`name ${is} ${JSON.stringify(text)}`, COLUMNS);
      assert.deepEqual(await selectedByDuckDb(duckdb, parsed), expected(parsed));
      if (text !== '\\') assert.deepEqual(selectedByZvec(parsed, 'i_'), expected(parsed));
    }
  }
});
