/** Passages as a command has answered them, as spans of the text that fit the model. Pure. */
import type { RowAnswer } from '../command/index.ts';
import type { Tokenizer } from '../model/index.ts';
import { type Span, type SplitSettings, split } from './split.ts';

/** Spans of a text, or why it has none. */
export type Spans = { readonly spans: readonly Span[] } | { readonly code: string; readonly message: string };

type Piece = Omit<Span, 'tokens'>;

/**
 * `passages` of the answer: spans (`{ start, end }`, UTF-16 code units, half-open), or texts, which are found in their order.
 * They stay as they were answered, white space at their ends included; those of white space alone are left out. One that is
 * too long is cut as `mode` says.
 */
export function answeredSpans(
  text: string,
  answer: RowAnswer,
  tokenizer: Tokenizer,
  settings: SplitSettings,
): Spans {
  if ('code' in answer) return answer;
  const passages = 'row' in answer ? answer.row.passages : [];
  if (!Array.isArray(passages)) return bad('the command answered no list of passages');
  const pieces = piecesOf(text, passages);
  if (typeof pieces === 'string') return bad(pieces);
  const spans: Span[] = [];
  for (const piece of pieces) {
    if (text.slice(piece.start, piece.end).trim() === '') continue;
    const fitting = fit(text, piece, tokenizer, settings);
    if (typeof fitting === 'number') return tooLong(fitting, settings);
    spans.push(...fitting);
  }
  if (spans.length === 0) return { code: 'empty_text', message: 'the command left no passage of the text' };
  return { spans };
}

/** Tokens of the piece where it is too long and has to stay whole. */
function fit(text: string, piece: Piece, tokenizer: Tokenizer, settings: SplitSettings): Span[] | number {
  const part = text.slice(piece.start, piece.end);
  const tokens = tokenizer.encode(settings.prefix + part).length;
  if (tokens <= settings.maxTokens) return [{ ...piece, tokens }];
  const cut = split(part, tokenizer, settings);
  if (cut === undefined) return tokens;
  return cut.map((span) => ({ ...span, start: span.start + piece.start, end: span.end + piece.start }));
}

/** A text where the passages are none of this one. */
function piecesOf(text: string, passages: readonly unknown[]): Piece[] | string {
  const pieces: Piece[] = [];
  for (const [i, passage] of passages.entries()) {
    if (typeof passage === 'string' && passage.trim() === '') continue;
    const found =
      typeof passage === 'string'
        ? find(text, passage, pieces.at(-1))
        : spanOf(text, passage as Piece | null);
    if (found === undefined) return `${describe(passage, i)} is not in the text: ${HINT}`;
    if (splitsPair(text, found.start) || splitsPair(text, found.end))
      return `${describe(passage, i)} begins or ends within a character`;
    pieces.push(found);
  }
  return pieces;
}

const HINT =
  'answer pieces of it as they stand there, in their order, or their start and end in UTF-16 code units; what changes texts is a command of transform';

const SHOWN_CHARACTERS = 80;

function describe(passage: unknown, i: number): string {
  return `passage ${i} (${(JSON.stringify(passage) ?? 'nothing').slice(0, SHOWN_CHARACTERS).toWellFormed()})`;
}

function spanOf(text: string, span: Piece | null): Piece | undefined {
  if (typeof span !== 'object' || span === null) return undefined;
  const { start, end } = span;
  const isSpan = Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end;
  return isSpan && end <= text.length ? { start, end } : undefined;
}

/** At the end of the piece before, or behind white space there; else at the first place after its start, so that pieces may overlap. */
function find(text: string, piece: string, before: Piece = { start: -1, end: 0 }): Piece | undefined {
  BLANKS.lastIndex = before.end;
  const next = before.end + BLANKS.exec(text)![0].length;
  const adjacent = [before.end, next].find((at) => text.startsWith(piece, at));
  const start = adjacent ?? laterStart(text, piece, before);
  return start < 0 ? undefined : { start, end: start + piece.length };
}

const BLANKS = /\s*/y;

function laterStart(text: string, piece: string, before: Piece): number {
  const later = text.indexOf(piece, before.start + 1);
  return later < 0 && text.startsWith(piece, before.start) ? before.start : later;
}

function splitsPair(text: string, at: number): boolean {
  const [before, after] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}

function bad(message: string) {
  return { code: 'bad_passages', message };
}

function tooLong(tokens: number, { maxTokens }: SplitSettings) {
  const message = `a passage has ${tokens} tokens, more than ${maxTokens}: cut smaller ones, or say what to do with it (split.mode)`;
  return { code: 'text_too_long', message };
}
