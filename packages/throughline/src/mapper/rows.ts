/** What goes into the mapper and what comes out: plain data, the same on every engine. */
import type { Value } from '../source/typed.ts';

/** One row of the source after `transform`, as text. */
export interface SourceRow {
  id: string | null;
  timestamp: string | null;
  text: (string | null)[];
  /** In the order of the mapping's attributes. */
  attributes: (string | null)[];
  /** True if a later row of the chunk has the same id. */
  superseded: boolean;
  /** From 1: which of several identical rows of the chunk this is. Only without an id column. */
  copy: number;
}

export interface RecordRow {
  id: string;
  text: string;
  /** Microseconds since 1970 UTC. */
  at: bigint | null;
  /** sha256 of the text, hex. */
  hash: string;
  attributes: Value[];
}

export interface PassageRow {
  /** 32 hex digits of sha256(chunk, id, ordinal). */
  passage: string;
  id: string;
  ordinal: number;
  /** UTF-16 code units in the record's text, half-open. */
  start: number;
  end: number;
  text: string;
  /** Tokens that the model sees, special tokens included. */
  tokens: number;
  hash: string;
}

export interface DeadLetter {
  step: 'read' | 'transform' | 'cast' | 'quality' | 'split' | 'embed';
  id: string | null;
  code: string;
  message: string;
  /** JSON of what came in, or the line that could not be read; at most MAX_PAYLOAD characters. */
  payload: string;
}

export type Mapped = { record: RecordRow; passages: PassageRow[] } | { deadLetter: DeadLetter };

/** A payload is for people to look at; the row itself is still in the source. */
export const MAX_PAYLOAD = 4_000;

export function payloadOf(value: unknown): string {
  return cutPayload(JSON.stringify(value));
}

/** Of it, for what says that it was cut. */
export const ROOM_FOR_LENGTH = 40;

/** `text`, or so much of the beginning of a text of `length` characters that all is at most MAX_PAYLOAD. */
export function cutPayload(text: string, length = text.length): string {
  if (length <= MAX_PAYLOAD && text.length <= MAX_PAYLOAD) return text;
  return `${text.slice(0, MAX_PAYLOAD - ROOM_FOR_LENGTH).toWellFormed()}… (${length} characters)`;
}
