/** On a real Postgres: random filters over random rows select the rows of the reference, and their conditions are never NULL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { postgres } from '../../../../engines/postgres.ts';
import { binding } from '../search/postgres/bind.ts';
import { type Database, openDatabase } from '../search/postgres/database.ts';
import { evaluate, type FilterRow } from './evaluate.ts';
import type { Filter, FilterType } from './filter.ts';
import { parseFilter } from './parse.ts';
import { toPostgres } from './postgres.ts';
import { COLUMNS, filter, tableRow } from './testing/arbitrary.ts';

const SEED = 20240101;
/** Postgres has no NUL: its tables have another character in its place. */
const withoutNul = (values: FilterRow): FilterRow =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value,
    ]),
  );
const rows: FilterRow[] = fc.sample(tableRow, { seed: SEED, numRuns: 300 }).map(withoutNul);
const expected = (parsed: Filter) =>
  rows.flatMap((values, index) => (evaluate(parsed, values) ? [index] : []));

const engine = await postgres();
const skip = engine.ok ? false : engine.reason;
let database: Database;

const TYPES: Record<FilterType, string> = {
  string: 'text COLLATE "C"',
  long: 'bigint',
  double: 'double precision',
  boolean: 'boolean',
  timestamp: 'bigint',
};

before(async () => {
  if (!engine.ok) return;
  database = await openDatabase(engine.url);
  const columns = Object.entries(COLUMNS).map(([name, type]) => `"${name}" ${TYPES[type]}`);
  await database.query(`CREATE TABLE filtered (row_number integer, ${columns.join(', ')})`);
  const names = Object.keys(COLUMNS);
  for (const [i, values] of rows.entries()) {
    const cells = names.map((name) => {
      const value = values[name] ?? null;
      return value === null ? null : Object.is(value, -0) ? '-0' : String(value);
    });
    await database.query(
      `INSERT INTO filtered VALUES (${i}, ${cells.map((_, k) => `$${k + 1}`).join(', ')})`,
      cells,
    );
  }
});

after(async () => {
  await database?.[Symbol.asyncDispose]();
  if (engine.ok) await engine.stop();
});

async function selected(parsed: Filter): Promise<number[]> {
  const { bind, values } = binding();
  const condition = toPostgres(parsed, { column: (name) => `"${name}"`, bind });
  const sql = `SELECT row_number, ${condition} AS selected FROM filtered ORDER BY row_number`;
  const answers = await database.query<{ row_number: number; selected: boolean }>(sql, values);
  for (const { selected } of answers) assert.notEqual(selected, null, `${condition} is NULL`);
  return answers.flatMap(({ row_number, selected }) => (selected ? [row_number] : []));
}

test('Postgres selects the rows of the reference, or says that it cannot', { skip }, async () => {
  let [said, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(filter, async (parsed) => {
      try {
        assert.deepEqual(await selected(parsed), expected(parsed));
        said++;
      } catch (error) {
        if ((error as { code?: string }).code !== 'filter_not_supported') throw error;
        assert.match(JSON.stringify(parsed), /\\u0000/);
        refused++;
      }
    }),
    { seed: SEED, numRuns: 500 },
  );
  assert.ok(said > 5 * refused, `${said} said, ${refused} refused`);
});

test('hostile texts stay texts', { skip }, async () => {
  for (const text of ["' or 1=1 --", '\\', "\\'", '$1', "') or true or ('", '" or name is null or name = "'])
    for (const is of ['==', '!=', '<'] as const) {
      const parsed = parseFilter(`name ${is} ${JSON.stringify(text)}`, COLUMNS);
      assert.deepEqual(await selected(parsed), expected(parsed));
    }
});
