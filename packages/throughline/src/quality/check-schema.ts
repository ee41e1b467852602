/** Whether the source has the columns that it had at the last run that ended well. Pure. */
import type { SourceColumn } from '../source/source-columns.ts';
import { isGone, isOtherType, isUsual } from './field-shares.ts';
import type { CheckResult } from './results.ts';
import type { QualityCheck } from './row-conditions.ts';
import { nameOf } from './row-conditions.ts';

type SchemaCheck = Extract<QualityCheck, { check: 'schema' }>;
type Change = 'added' | 'missing' | 'type';

/** More at once are no drift, but another source. */
export const MOST_ADDED = 50;

const SAMPLE = 10;
const EXPECTED = 'the columns of the last run';

export interface SeenColumns {
  /** Of `added: add`: columns that are attributes of the tables, or will be. */
  added?: ReadonlySet<string>;
  now: readonly SourceColumn[] | undefined;
  before: readonly SourceColumn[] | undefined;
  /** Changes are told, and are what later runs go by. */
  accepted: boolean;
}

/** Nothing is compared before the first run, nor where the source was not read because nobody has touched it, nor before enough messages have come. */
export function checkSchema(
  check: SchemaCheck,
  { now, before, accepted, added = new Set() }: SeenColumns,
): CheckResult {
  const base = { check: check.check, name: nameOf(check), expected: EXPECTED };
  if (!now || !before)
    return { ...base, severity: worst(check, CHANGES), status: 'passed', observed: null, sample: [] };
  const changes = schemaChanges(before, now).filter(({ change }) => check[change] !== 'ignore');
  const faults = changes.filter(({ change, column }) => change !== 'added' || !added.has(column));
  const isAnother = changes.length - faults.length > MOST_ADDED;
  const kinds = faults.length === 0 ? CHANGES : faults.map(({ change }) => change);
  return {
    ...base,
    severity: accepted ? 'warn' : isAnother ? 'fail' : worst(check, kinds),
    status: faults.length === 0 && !isAnother ? 'passed' : 'failed',
    observed: changes.length,
    sample: changes.slice(0, SAMPLE).map(({ text }) => text),
  };
}

const CHANGES: readonly Change[] = ['added', 'missing', 'type'];

function worst(check: SchemaCheck, changes: readonly Change[]): 'warn' | 'fail' {
  return changes.some((change) => check[change] === 'fail') ? 'fail' : 'warn';
}

interface SchemaChange {
  change: Change;
  text: string;
  column: string;
}

/** By name: a column that is renamed is missing, and another added. One that only some files have is missing where all had it; of fields of messages shares decide. */
export function schemaChanges(before: readonly SourceColumn[], now: readonly SourceColumn[]): SchemaChange[] {
  const had = new Map(before.map((column) => [column.name, column]));
  const has = new Map(now.map((column) => [column.name, column]));
  const missing = before.filter((column) => isMissing(column, has.get(column.name)));
  const added = now.filter((column) => !had.has(column.name) && isUsual(column));
  const typed = now.flatMap((column) => {
    const { name, type } = column;
    const was = had.get(name)?.type;
    return type === undefined || was === undefined || !isOtherType(was, type, column)
      ? []
      : [{ name, was, type }];
  });
  return [
    ...missing.map((column) => ({
      change: 'missing' as const,
      column: column.name,
      text: missingText(column, has.get(column.name)),
    })),
    ...typed.map(({ name, was, type }) => ({
      change: 'type' as const,
      column: name,
      text: `${name} is ${type}, was ${was}`,
    })),
    ...added.map(({ name }) => ({ change: 'added' as const, column: name, text: `new ${name}` })),
  ];
}

function isMissing(before: SourceColumn, now: SourceColumn | undefined): boolean {
  if (before.share !== undefined) return isGone(before, now);
  return !now || (now.partial === true && !before.partial);
}

function missingText({ name, share }: SourceColumn, now: SourceColumn | undefined): string {
  if (share !== undefined)
    return `missing ${name} (${percent(share)} of the messages had it, now ${percent(now?.share ?? 0)})`;
  return `missing ${name}${now ? ' in some files' : ''}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
