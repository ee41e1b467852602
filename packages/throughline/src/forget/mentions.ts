/** Where a text speaks of a record: by its id, or by how its text begins. */
import type { Subject } from './subject.ts';

export const FORGOTTEN = '(forgotten)';

/** Shorter ids stand in other words and numbers by chance: they only count as whole values. */
export const LEAST_ID = 6;

type Needles = Pick<Subject, 'ids' | 'texts'>;

/** Whether it is one of the ids, or has one within that is no part of a longer word, or how a text begins. */
export function mentions(value: string, { ids, texts }: Needles): boolean {
  if (ids.has(value)) return true;
  for (const id of ids) if (id.length >= LEAST_ID && hasWord(value, id)) return true;
  for (const text of texts) if (text.length >= LEAST_ID && value.includes(text)) return true;
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

/** A JSON document in which texts that speak of the records are replaced; the same value where none does. */
export function withoutMentions(value: unknown, subject: Needles): unknown {
  if (typeof value === 'string') return mentions(value, subject) ? FORGOTTEN : value;
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutMentions(item, subject));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    mentions(key, subject) ? FORGOTTEN : key,
    withoutMentions(item, subject),
  ]);
  const before = Object.entries(value);
  const isSame = entries.every(([key, item], i) => key === before[i]![0] && item === before[i]![1]);
  return isSame ? value : Object.fromEntries(entries);
}
