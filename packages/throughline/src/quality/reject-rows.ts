/** Rows that a check with `severity: reject` refuses become dead letters, with the name of the check as their reason. */
import type { Config } from '../config/index.ts';
import { evaluate } from '../filter/evaluate.ts';
import type { RecordRow } from '../mapper/rows.ts';
import type { Mapping } from '../source/mapping.ts';
import { rowConditions } from './row-conditions.ts';

export interface Rejection {
  /** Name of the check. */
  code: string;
  message: string;
}

/** The first check that a record does not pass; undefined where it passes all. Throws FilterError as `rowConditions`. */
export function rowRejecter(
  checks: Config['quality'],
  mapping: Mapping,
): (record: RecordRow) => Rejection | undefined {
  const conditions = rowConditions(checks, mapping).filter(({ check }) => check.severity === 'reject');
  return ({ id, text, at, attributes }) => {
    if (conditions.length === 0) return undefined;
    const named = mapping.attributes.map(({ name }, i) => [name, attributes[i] ?? null] as const);
    const row = { _id: id, _text: text, _at: at, ...Object.fromEntries(named) };
    const failed = conditions.find(({ good }) => !evaluate(good, row));
    return failed && { code: failed.name, message: `the quality check ${failed.name} refuses the row` };
  };
}
