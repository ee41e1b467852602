/** Where a text speaks of a record: by its id, or by how its text begins. */
import type { Subject } from './subject.ts';

export const FORGOTTEN = '(forgotten)';

/** Shorter ids stand in other words and numbers by chance: they only count as whole values, where ids are. */
export const LEAST_ID = 6;

/** Shorter texts are words that anybody says: they only count as whole values. */
export const LEAST_TEXT = 32;

/** Columns of tables and fields of documents that hold ids of records. */
const ID_NAMES = new Set(['_id', 'record', 'recordId', 'sample', 'examples']);

export function holdsIds(name: string): boolean {
  return ID_NAMES.has(name);
}

type Needles = Pick<Subject, 'ids' | 'texts'>;

/**
 * Whether it is one of the ids or texts, or has an id within that is no part of a longer word, or how a text begins. `name`: of
 * the column or field.
 */
export function mentions(value: string, { ids, texts }: Needles, name = ''): boolean {
  if (texts.has(value) || (ids.has(value) && (value.length >= LEAST_ID || holdsIds(name)))) return true;
  for (const id of ids) if (id.length >= LEAST_ID && hasWord(value, id)) return true;
  for (const text of texts) if (text.length >= LEAST_TEXT && value.includes(text)) return true;
  return false;
}

function hasWord(value: string, word: string): boolean {
  for (let at = value.indexOf(word); at >= 0; at = value.indexOf(word, at + 1))
    if (!isWordCharacter(value[at - 1]) && !isWordCharacter(value[at + word.length])) return true;
  return false;
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[0-9A-Za-z]/.test(character);
}

/** A JSON document in which texts that speak of the records are replaced, and no keys; the same value where none does. */
export function withoutMentions(value: unknown, subject: Needles, name = ''): unknown {
  if (typeof value === 'string') return mentions(value, subject, name) ? FORGOTTEN : value;
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutMentions(item, subject, name));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const before = Object.entries(value);
  const after = before.map(([key, item]) => [key, withoutMentions(item, subject, key)] as const);
  return after.every(([, item], i) => item === before[i]![1]) ? value : Object.fromEntries(after);
}
