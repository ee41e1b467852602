/** Where a page of a theme's passages ends; it belongs to one version and one order. */
import { z } from 'zod';
import { EXIT, ThroughlineError } from '../error.ts';

const schema = z.tuple([z.string(), z.string(), z.int().min(0).max(10_000_000)]);

export interface PageOf {
  version: string;
  /** What the pages are of: theme and order. */
  of: string;
}

export function printOffset({ version, of }: PageOf, offset: number): string {
  return Buffer.from(JSON.stringify([version, of, offset])).toString('base64url');
}

/** 0 without a cursor. Throws with exit code 64 for what is none, or belongs to another version or list. */
export function parseOffset(cursor: string | undefined, { version, of }: PageOf): number {
  if (cursor === undefined) return 0;
  const parsed = schema.safeParse(json(Buffer.from(cursor, 'base64url').toString()));
  if (parsed.success && parsed.data[0] === version && parsed.data[1] === of) return parsed.data[2];
  throw new ThroughlineError('the cursor is not of this list, or the list is another by now', {
    code: 'cursor_invalid',
    exitCode: EXIT.usage,
    hint: 'Begin again without the cursor.',
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
