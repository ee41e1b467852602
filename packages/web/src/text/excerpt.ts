import type { Span } from './segments.ts';

export interface Excerpt {
  text: string;
  /** Inside the excerpt. */
  spans: Span[];
  cutStart: boolean;
  cutEnd: boolean;
}

/** How far a cut may move to fall between two words, in code units. */
const WORD = 24;

/**
 * The part of a text of about `length` code units that has the most of the marked ones; of equal ones the first.
 * It is cut between words, and never inside a surrogate pair.
 */
export function excerpt(text: string, spans: readonly Span[], length: number): Excerpt {
  if (text.length <= length) return { text, spans: [...spans], cutStart: false, cutEnd: false };
  const start = wordStart(text, Math.min(bestStart(spans, length), text.length - length));
  const end = wordEnd(text, Math.min(start + length, text.length));
  return {
    text: text.slice(start, end),
    spans: spans
      .filter((span) => span.end > start && span.start < end)
      .map((span) => ({ start: Math.max(span.start, start) - start, end: Math.min(span.end, end) - start })),
    cutStart: start > 0,
    cutEnd: end < text.length,
  };
}

/** Shows a little of what stands before the first mark. */
const LEAD = 40;

function bestStart(spans: readonly Span[], length: number): number {
  let [best, most] = [0, 0];
  for (const { start: from } of [{ start: 0 }, ...spans]) {
    const start = Math.max(0, from - LEAD);
    const marked = spans.reduce(
      (sum, span) => (span.start >= start && span.end <= start + length ? sum + span.end - span.start : sum),
      0,
    );
    if (marked > most) [best, most] = [start, marked];
  }
  return best;
}

function wordStart(text: string, at: number): number {
  if (at <= 0) return 0;
  const space = text.slice(at, at + WORD).search(/\s/);
  return space < 0 ? beforePair(text, at) : at + space + 1;
}

function wordEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const space = text.slice(at - WORD, at).search(/\s\S*$/);
  return space < 0 ? beforePair(text, at) : at - WORD + space;
}

/** Moves a cut that would part a surrogate pair to before it. */
function beforePair(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
