/** Whether the source has the columns that it had at the last run that ended well. Pure. */
import type { SourceColumn } from '../source/source-columns.ts';
import type { CheckResult } from './results.ts';
import type { QualityCheck } from './row-conditions.ts';
import { nameOf } from './row-conditions.ts';

type SchemaCheck = Extract<QualityCheck, { check: 'schema' }>;
type Change = 'added' | 'missing' | 'type';

const SAMPLE = 10;
const EXPECTED = 'the columns of the last run';

export interface SeenColumns {
  now: readonly SourceColumn[] | undefined;
  before: readonly SourceColumn[] | undefined;
  /** Changes are told, and are what later runs go by. */
  accepted: boolean;
}

/** Nothing is compared before the first run, nor where the source was not read because nobody has touched it. */
export function checkSchema(check: SchemaCheck, { now, before, accepted }: SeenColumns): CheckResult {
  const base = { check: check.check, name: nameOf(check), expected: EXPECTED };
  if (!now || !before)
    return { ...base, severity: worst(check, CHANGES), status: 'passed', observed: null, sample: [] };
  const changes = schemaChanges(before, now).filter(({ change }) => check[change] !== 'ignore');
  const kinds = changes.length === 0 ? CHANGES : changes.map(({ change }) => change);
  return {
    ...base,
    severity: accepted ? 'warn' : worst(check, kinds),
    status: changes.length === 0 ? 'passed' : 'failed',
    observed: changes.length,
    sample: changes.slice(0, SAMPLE).map(({ text }) => text),
  };
}

const CHANGES: readonly Change[] = ['added', 'missing', 'type'];

function worst(check: SchemaCheck, changes: readonly Change[]): 'warn' | 'fail' {
  return changes.some((change) => check[change] === 'fail') ? 'fail' : 'warn';
}

/** By name: a column that is renamed is missing, and another added. One that only some files have is missing where all had it. */
export function schemaChanges(
  before: readonly SourceColumn[],
  now: readonly SourceColumn[],
): { change: Change; text: string }[] {
  const had = new Map(before.map((column) => [column.name, column]));
  const has = new Map(now.map((column) => [column.name, column]));
  const missing = before.filter(({ name, partial }) => {
    const column = has.get(name);
    return !column || (column.partial && !partial);
  });
  const added = now.filter(({ name }) => !had.has(name));
  const typed = now.flatMap(({ name, type }) => {
    const was = had.get(name)?.type;
    return type === undefined || was === undefined || was === type ? [] : [{ name, was, type }];
  });
  return [
    ...missing.map(({ name }) => ({
      change: 'missing' as const,
      text: `missing ${name}${has.has(name) ? ' in some files' : ''}`,
    })),
    ...typed.map(({ name, was, type }) => ({
      change: 'type' as const,
      text: `${name} is ${type}, was ${was}`,
    })),
    ...added.map(({ name }) => ({ change: 'added' as const, text: `new ${name}` })),
  ];
}
