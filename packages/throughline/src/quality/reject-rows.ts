/** Rows that a check with `severity: reject` refuses become dead letters, with the name of the check as their reason. */
import type { Config } from '../config/index.ts';
import { evaluate, type FilterRow } from '../filter/evaluate.ts';
import type { RecordRow } from '../mapper/rows.ts';
import type { Mapping } from '../source/mapping.ts';
import { type RowCondition, rowConditions } from './row-conditions.ts';

export interface Rejection {
  /** Name of the check. */
  code: string;
  message: string;
  /** What is wrong with it must not be kept: its dead letter has no text. */
  withheld?: true;
}

/** The first check that a record does not pass; undefined where it passes all. Throws FilterError as `rowConditions`. */
export function rowRejecter(
  checks: Config['quality'],
  mapping: Mapping,
): (record: RecordRow) => Rejection | undefined {
  const refusing = rowConditions(checks, mapping).filter(({ check }) => check.severity === 'reject');
  // What must not be kept is found before another check has the row kept as it is.
  const conditions = refusing.toSorted((a, b) => Number(isOfPii(b)) - Number(isOfPii(a)));
  return ({ id, text, at, attributes }) => {
    if (conditions.length === 0) return undefined;
    const named = mapping.attributes.map(({ name }, i) => [name, attributes[i] ?? null] as const);
    const row = { _id: id, _text: text, _at: at, ...Object.fromEntries(named) };
    for (const condition of conditions) {
      const rejection = rejectionBy(condition, row);
      if (rejection) return rejection;
    }
    return undefined;
  };
}

const isOfPii = ({ check }: RowCondition) => check.check === 'pii';

function rejectionBy(condition: RowCondition, row: FilterRow): Rejection | undefined {
  const { name } = condition;
  const refused = `the quality check ${name} refuses the row`;
  if (condition.is === 'filter')
    return evaluate(condition.good, row) ? undefined : { code: name, message: refused };
  const value = row[condition.column];
  const kinds = typeof value === 'string' ? condition.test.find(value) : [];
  if (kinds.length === 0) return undefined;
  const rejection = { code: name, message: `${refused}: ${kinds.join(', ')}` };
  return isOfPii(condition) ? { ...rejection, withheld: true } : rejection;
}
