/** What makes a row of one side the counterpart of a row of the other. */
import { EXIT, ThroughlineError } from '../error.ts';
import type { Role, Side } from './side.ts';

export interface Key {
  /** What is compared: whole records if one side knows no passages. */
  level: 'records' | 'passages';
  columns: readonly Role[];
}

/** Throws with exit code 64 if passages of the two sides have nothing in common that names them. */
export function keyOf(a: Side, b: Side): Key {
  if (a.level === 'records' || b.level === 'records') return { level: 'records', columns: ['id'] };
  const both = (role: Role) => a.has.has(role) && b.has.has(role);
  if (both('id') && both('ordinal'))
    return {
      level: 'passages',
      columns: [...(chunksAlike(a, b) ? (['chunk'] as const) : []), 'id', 'ordinal'],
    };
  if (both('passage')) return { level: 'passages', columns: ['passage'] };
  throw new ThroughlineError(`passages of ${a.path} and ${b.path} are not named alike`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: 'Both need the id of the record and the place of the passage in it (--id, --ordinal), or both an id of the passage (--passage).',
  });
}

/** An id can be in several chunks; but chunks of different rules have no common names. */
function chunksAlike(a: Side, b: Side): boolean {
  const [rule, other] = [a.lake?.chunkRule, b.lake?.chunkRule];
  return rule !== undefined && rule === other;
}
