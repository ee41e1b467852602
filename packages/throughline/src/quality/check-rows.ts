/** Checks of single rows over the records table: conditions are counted in one pass, tests of texts in another over what may fail them. */
import { quoteIdentifier } from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';
import { duckDbString, toDuckDb } from '../filter/duckdb.ts';
import type { CheckResult } from './results.ts';
import type { RowCondition } from './row-conditions.ts';

const SAMPLE = 10;

type Of<Is extends RowCondition['is']> = Extract<RowCondition, { is: Is }>;

/** `records`: a table expression. Rows are read again only for a sample of what is wrong. In the order of the conditions. */
export async function checkRows(
  session: Session,
  records: string,
  conditions: readonly RowCondition[],
): Promise<CheckResult[]> {
  // What was rejected is not in the table.
  const left = conditions.filter(({ check }) => check.severity !== 'reject');
  if (left.length === 0) return [];
  const filters = left.filter((condition) => condition.is === 'filter');
  const tests = left.filter((condition) => condition.is === 'text');
  const found = [
    ...(await checkFilters(session, records, filters)),
    ...(await checkTexts(session, records, tests)),
  ];
  return left.map(({ name }) => found.find((result) => result.name === name)!);
}

async function checkFilters(
  session: Session,
  records: string,
  conditions: readonly Of<'filter'>[],
): Promise<CheckResult[]> {
  if (conditions.length === 0) return [];
  const bad = conditions.map(({ good }) => `NOT ${toDuckDb(good, quoteIdentifier)}`);
  const counts = bad.map((condition, i) => `count(*) FILTER (WHERE ${condition}) AS c${i}`).join(', ');
  const [row] = await session.query(`SELECT ${counts} FROM ${records} AS r`);
  const results: CheckResult[] = [];
  for (const [i, { check, name }] of conditions.entries()) {
    const wrong = Number(row![`c${i}`]);
    results.push({
      ...{ check: check.check, name, severity: check.severity, expected: '0 rows' },
      status: wrong === 0 ? 'passed' : 'failed',
      observed: wrong,
      sample: wrong === 0 ? [] : await idsOf(session, records, bad[i]!),
    });
  }
  return results;
}

/** Ids of some rows that meet the condition, in their order. */
async function idsOf(session: Session, records: string, condition: string): Promise<string[]> {
  const rows = await session.query(
    `SELECT DISTINCT _id FROM ${records} AS r WHERE ${condition} ORDER BY _id LIMIT ${SAMPLE}`,
  );
  return rows.map(({ _id }) => String(_id));
}

/** Texts that fit a pattern are streamed here, and looked at by the test that the mapper has. Memory: a batch of them. */
async function checkTexts(
  session: Session,
  records: string,
  conditions: readonly Of<'text'>[],
): Promise<CheckResult[]> {
  if (conditions.length === 0) return [];
  const tallies = conditions.map(() => new Tally());
  const cells = conditions.map(
    ({ column, test }) =>
      `CASE WHEN regexp_matches(${quoteIdentifier(column)}, ${duckDbString(test.candidates)}) THEN ${quoteIdentifier(column)} END`,
  );
  const sql = `SELECT * FROM (SELECT _id, ${cells.map((cell, i) => `${cell} AS t${i}`).join(', ')} FROM ${records} AS r) WHERE coalesce(${cells.map((_, i) => `t${i}`).join(', ')}) IS NOT NULL`;
  for await (const batch of session.stream(sql))
    for (const [id, ...texts] of batch as [string, ...(string | null)[]][])
      for (const [i, text] of texts.entries())
        if (text !== null) tallies[i]!.add(id, conditions[i]!.test.find(text));
  const [counted] = await session.query(`SELECT count(*) AS records FROM ${records} AS r`);
  const all = Number(counted!.records);
  return conditions.map((condition, i) => tallies[i]!.result(condition, all));
}

class Tally {
  #wrong = 0;
  readonly #kinds = new Map<string, number>();
  /** The first by their order. */
  #ids: string[] = [];

  add(id: string, kinds: readonly string[]): void {
    if (kinds.length === 0) return;
    this.#wrong++;
    for (const kind of kinds) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    const last = this.#ids[SAMPLE - 1];
    if (last === undefined || id < last) this.#ids = [...this.#ids, id].sort().slice(0, SAMPLE);
  }

  result({ check, name }: Of<'text'>, records: number): CheckResult {
    const most = 'max' in check ? (check.max ?? 0) : 0;
    const kinds = [...this.#kinds].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      ...{ check: check.check, name, severity: check.severity, observed: this.#wrong, sample: this.#ids },
      expected: most === 0 ? '0 rows' : `at most ${Math.floor(most * records)} of ${records} rows`,
      status: this.#wrong <= most * records ? 'passed' : 'failed',
      ...(kinds.length > 0 && { detail: kinds.map(([kind, rows]) => `${kind} ${rows}`).join(', ') }),
    };
  }
}
