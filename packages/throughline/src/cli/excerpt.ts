/** The part of a text that shows best why it was found. */
import type { Highlight } from '../search/index.ts';
import { printable } from './terminal.ts';

/** One line of about `length` characters around the most highlights; each highlight goes through `mark`. */
export function excerpt(
  text: string,
  highlights: readonly Highlight[],
  length: number,
  mark: (text: string) => string = (marked) => marked,
): string {
  const { start, end } = window(text, highlights, length);
  const parts: string[] = [];
  let at = start;
  for (const span of highlights.filter((one) => one.start >= start && one.end <= end)) {
    parts.push(flat(text.slice(at, span.start)), mark(flat(text.slice(span.start, span.end))));
    at = span.end;
  }
  parts.push(flat(text.slice(at, end)));
  return `${start > 0 ? '... ' : ''}${parts.join('').trim()}${end < text.length ? ' ...' : ''}`;
}

/** White space and control characters as single blanks, the ones at the ends included: parts are joined later. */
function flat(text: string): string {
  const [before, after] = [/^\s/.test(text) ? ' ' : '', /\s$/.test(text) ? ' ' : ''];
  const inner = printable(text);
  return inner === '' ? before : `${before}${inner}${after}`;
}

/** Characters shown before the first highlight. */
const LEAD = 60;

function window(
  text: string,
  highlights: readonly Highlight[],
  length: number,
): { start: number; end: number } {
  if (text.length <= length) return { start: 0, end: text.length };
  let best = { start: 0, count: highlights.filter((one) => one.end <= length).length };
  for (const first of highlights) {
    const start = Math.min(Math.max(0, first.start - LEAD), text.length - length);
    const count = highlights.filter((one) => one.start >= start && one.end <= start + length).length;
    if (count > best.count) best = { start, count };
  }
  return { start: wordStart(text, best.start), end: wordEnd(text, best.start + length) };
}

function wordStart(text: string, at: number): number {
  const blank = at === 0 ? -1 : text.indexOf(' ', at);
  return blank < 0 || blank - at > LEAD ? at : blank + 1;
}

function wordEnd(text: string, at: number): number {
  const blank = at >= text.length ? -1 : text.lastIndexOf(' ', at);
  return blank < 0 || at - blank > LEAD ? at : blank;
}
