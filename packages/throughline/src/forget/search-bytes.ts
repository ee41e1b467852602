import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { LEAST_ID, LEAST_TEXT } from './mentions.ts';
import type { Subject } from './subject.ts';

export interface Needle {
  bytes: Buffer;
  /** Whether it counts only where it is no part of a longer word. */
  isWord: boolean;
}

/** Longer ones stand nowhere by chance, and what is written before them may look like a letter. */
const LONG = 16;

/** In UTF-8, as they are and as they stand in JSON. */
export function needlesOf({ ids, texts }: Pick<Subject, 'ids' | 'texts'>): Needle[] {
  const needles: Needle[] = [];
  const add = (text: string, isWord: boolean) => {
    const inJson = JSON.stringify(text).slice(1, -1);
    for (const form of new Set([text, inJson])) needles.push({ bytes: Buffer.from(form), isWord });
  };
  for (const id of ids) if (id.length >= LEAST_ID) add(id, id.length < LONG);
  for (const text of texts) if (text.length >= LEAST_TEXT) add(text, false);
  return needles;
}

const PIECE = 4 * 1024 * 1024;

/** Whether a file has one of them in its bytes. Memory: a piece of it. */
export async function bytesHold(path: string, needles: readonly Needle[]): Promise<boolean> {
  const longest = Math.max(0, ...needles.map(({ bytes }) => bytes.length));
  if (longest === 0) return false;
  let rest: Buffer = Buffer.alloc(0);
  // A buffer of the whole piece for each of thousands of small files keeps the garbage collector at work all the time.
  const piece = Math.max(1, Math.min(PIECE, (await stat(path)).size));
  for await (const read of createReadStream(path, { highWaterMark: piece })) {
    const bytes = Buffer.concat([rest, read as Buffer]);
    if (needles.some((needle) => holds(bytes, needle, false))) return true;
    // A needle across two pieces, with the byte before it and the one behind it.
    rest = bytes.subarray(Math.max(0, bytes.length - longest - 1));
  }
  return needles.some((needle) => holds(rest, needle, true));
}

/** At the end of a piece nobody knows whether a word goes on: the next piece says so. */
function holds(bytes: Buffer, { bytes: needle, isWord }: Needle, isEnd: boolean): boolean {
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) {
    if (!isWord) return true;
    const [before, after] = [bytes[at - 1], bytes[at + needle.length]];
    if (after === undefined && !isEnd) continue;
    if (!isWordByte(before) && !isWordByte(after)) return true;
  }
  return false;
}

function isWordByte(byte: number | undefined): boolean {
  return byte !== undefined && /[0-9A-Za-z]/.test(String.fromCharCode(byte));
}
