/** Where a page ends, as an opaque text. It belongs to one question and one index version, of which all is immutable. */
import { z } from 'zod';
import { digestOf } from '../lake/canonical.ts';
import { MAX_CANDIDATES } from './store.ts';
import { usage } from './usage.ts';

/** Changes with the meaning of what a cursor holds. */
const FORMAT = 1;

const schema = z.tuple([
  z.literal(FORMAT),
  z.string(),
  z.string(),
  z.int().min(1).max(MAX_CANDIDATES),
  z.int().min(0),
]);

export interface Cursor {
  /** Version of the index. */
  index: string;
  /** Digest of the question: all that the ranking depends on. */
  question: string;
  /** Candidates that each side gave to the ranking: with others it would be another one. */
  depth: number;
  /** Hits before the next page. */
  offset: number;
}

export function printCursor({ index, question, depth, offset }: Cursor): string {
  return Buffer.from(JSON.stringify([FORMAT, index, question, depth, offset])).toString('base64url');
}

/** Throws a usage error for a text that is no cursor. */
export function parseCursor(text: string): Cursor {
  try {
    const [, index, question, depth, offset] = schema.parse(
      JSON.parse(Buffer.from(text, 'base64url').toString()),
    );
    return { index, question, depth, offset };
  } catch {
    throw usage('the cursor is not one that a search gave', 'Take it from nextCursor, as it is.');
  }
}

/** Throws a usage error where the cursor belongs to another question or another index. */
export function checkCursor(cursor: Cursor, index: string, question: string): void {
  if (cursor.index !== index)
    throw usage(
      `the cursor belongs to the index ${cursor.index}, not to ${index}`,
      'Ask that index (--index), or begin again without the cursor.',
    );
  if (cursor.question !== question)
    throw usage(
      'the cursor belongs to another question',
      'Repeat the query, the filter and all options that shape the ranking, or leave the cursor out.',
    );
}

/** What a cursor knows its question by. */
export function questionDigest(shape: Record<string, unknown>): string {
  return digestOf(shape);
}
