import type { Comparison } from './compare.ts';
import type { Key } from './key.ts';
import type { Side } from './side.ts';

interface Known extends Pick<Comparison, 'matching' | 'counts' | 'examples'> {
  a: Side;
  b: Side;
  key: Key;
}

/** What was not compared and why, which columns were taken, and what may be wrong with the question. */
export function notesOf({ a, b, key, matching, counts, examples }: Known): string[] {
  const notes = [
    ...[a, b].flatMap(columnsTaken),
    ...(['text', 'vector', 'theme'] as const).flatMap((role) => notCompared(role, a, b)),
    ...severalPassages(matching.notComparable, examples, [a, b]),
    ...(['a', 'b'] as const).flatMap((side) => withoutId(side, counts)),
    ...repeatedRecords(key, counts),
    ...nothingMatches(matching, counts),
  ];
  return [...new Set(notes)];
}

function columnsTaken({ path, columns }: Side): string[] {
  const taken = Object.entries(columns).map(([role, column]) => `${role} is ${column}`);
  return taken.length === 0 ? [] : [`${path}: ${taken.join(', ')}.`];
}

function notCompared(role: 'text' | 'vector' | 'theme', a: Side, b: Side): string[] {
  const without = [...new Set([a, b].filter(({ has }) => !has.has(role)).map(({ path }) => path))];
  return without.length === 0 ? [] : [`Not compared: ${role}s, for ${without.join(' and ')} has none.`];
}

/** A lake has the whole text of a record, a file of passages has not. */
function severalPassages(
  records: number,
  { notComparable }: Comparison['examples'],
  sides: readonly Side[],
): string[] {
  if (records === 0) return [];
  const ids = notComparable.map(({ id }) => id).join(', ');
  const more = records > notComparable.length ? ', ...' : '';
  const whole = sides.every(({ level, lake }) => level === 'records' || lake !== undefined);
  const left = whole ? 'their vectors and themes are not compared' : 'only their ids are compared';
  return [
    `Records with several passages on one side and one row on the other: ${records} (${ids}${more}); ${left}.`,
  ];
}

function withoutId(side: 'a' | 'b', counts: Comparison['counts']): string[] {
  const { path, withoutId } = counts[side];
  return withoutId === 0 ? [] : [`${path} has ${withoutId} rows without an id: they match nothing.`];
}

function repeatedRecords({ level }: Key, { a, b }: Comparison['counts']): string[] {
  if (level === 'passages') return [];
  return [a, b].flatMap(({ path, duplicates }) =>
    duplicates === 0
      ? []
      : [`${path} has several rows of one id. If they are passages, name their order: --ordinal COLUMN.`],
  );
}

function nothingMatches({ rows }: Comparison['matching'], { a, b }: Comparison['counts']): string[] {
  if (rows > 0 || a.rows === 0 || b.rows === 0) return [];
  return ['No row of one side is in the other: check which column is the id (--id COLUMN).'];
}
