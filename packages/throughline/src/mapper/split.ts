/** Texts into passages that fit the model. Nothing is lost silently: a passage never has more tokens than the limit. */
import type { Tokenizer } from '../model/index.ts';
import { asModelCuts } from './truncate.ts';

export interface SplitSettings {
  mode: 'sentences' | 'truncate' | 'none';
  /** Tokens of a passage, special tokens and prefix included. */
  maxTokens: number;
  /** Tokens repeated from the passage before, as whole sentences; below half of maxTokens. */
  overlap: number;
  prefix: string;
}

/** A span of the text in UTF-16 code units, half-open, without white space at its ends. */
export interface Span {
  start: number;
  end: number;
  /** Tokens that the model sees. */
  tokens: number;
}

interface Unit {
  start: number;
  end: number;
  tokens: number;
}

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
const words = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * Spans in order of the text; every character but white space is in at least one of them (`sentences`), or in the
 * only one (`none`), or the text is cut where a model that truncates would cut it (`truncate`; `truncate.ts`). Returns undefined for
 * mode `none` if the text is over the limit.
 */
export function split(text: string, tokenizer: Tokenizer, settings: SplitSettings): Span[] | undefined {
  const whole = measure(text, 0, text.length, tokenizer, settings.prefix);
  if (whole.tokens <= settings.maxTokens) return [whole];
  if (settings.mode === 'none') return undefined;
  const budget = settings.maxTokens - tokenizer.specialTokens - tokenizer.count(settings.prefix);
  if (settings.mode === 'truncate') return beginning(text, tokenizer, settings, budget);
  const units = sentenceUnits(text, tokenizer, budget);
  const spans: Span[] = [];
  for (const [first, last] of pack(units, budget, settings.overlap))
    spans.push(...fit(text, units[first]!.start, units[last]!.end, tokenizer, settings));
  return spans;
}

/** The words that fit, and of the next one what a model takes of it. */
function beginning(text: string, tokenizer: Tokenizer, settings: SplitSettings, budget: number): Span[] {
  const units = wordUnits(text, 0, text.length, tokenizer, budget);
  let [end, tokens] = [0, 0];
  for (const unit of units) {
    tokens += unit.tokens;
    if (tokens > budget && end > 0) break;
    end = unit.end;
  }
  const [span] = fit(text, 0, end, tokenizer, settings);
  return span === undefined ? [] : [asModelCuts(text, span, tokenizer, settings)];
}

/** Sentences; one that is over the budget alone is given as its words. */
function sentenceUnits(text: string, tokenizer: Tokenizer, budget: number): Unit[] {
  const units: Unit[] = [];
  for (const { segment, index } of sentences.segment(text)) {
    const tokens = tokenizer.count(segment);
    if (tokens <= budget) units.push({ start: index, end: index + segment.length, tokens });
    else units.push(...wordUnits(text, index, index + segment.length, tokenizer));
  }
  return units;
}

/** Words with the marks and blanks between them, up to the one that passes `limit` tokens in all. */
function wordUnits(
  text: string,
  from: number,
  to: number,
  tokenizer: Tokenizer,
  limit = Number.POSITIVE_INFINITY,
): Unit[] {
  const units: Unit[] = [];
  let total = 0;
  for (const { segment, index } of words.segment(text.slice(from, to))) {
    const tokens = tokenizer.count(segment);
    units.push({ start: from + index, end: from + index + segment.length, tokens });
    total += tokens;
    if (total > limit) break;
  }
  return units;
}

/**
 * As few passages as hold the units, of about equal length, each overlapping the one before by whole units of at most
 * `overlap` tokens. Equal lengths, because a short tail on its own means little and ranks by accident.
 * Always moves forward.
 */
function* pack(
  units: readonly Unit[],
  budget: number,
  overlap: number,
): Generator<[first: number, last: number]> {
  const size = evenSize(units, budget, overlap);
  let first = 0;
  while (first < units.length) {
    let last = first;
    let tokens = units[first]!.tokens;
    while (last + 1 < units.length && tokens + units[last + 1]!.tokens <= size)
      tokens += units[++last]!.tokens;
    yield [first, last];
    if (last + 1 >= units.length) return;
    let next = last + 1;
    for (let repeated = 0; next - 1 > first; next--) {
      repeated += units[next - 1]!.tokens;
      if (repeated > overlap || repeated + units[last + 1]!.tokens > size) break;
    }
    first = next;
  }
}

/** Room for the sentence that crosses the even length. */
const SLACK_TOKENS = 16;

function evenSize(units: readonly Unit[], budget: number, overlap: number): number {
  const total = units.reduce((sum, unit) => sum + unit.tokens, 0);
  const passages = Math.ceil((total - overlap) / (budget - overlap));
  return Math.min(budget, Math.ceil((total + (passages - 1) * overlap) / passages) + SLACK_TOKENS);
}

/** Counts of parts may add up to less than the count of the whole: what is still too long is halved. */
function fit(
  text: string,
  start: number,
  end: number,
  tokenizer: Tokenizer,
  settings: SplitSettings,
): Span[] {
  const span = measure(text, start, end, tokenizer, settings.prefix);
  if (span.start >= span.end) return [];
  if (span.tokens <= settings.maxTokens) return [span];
  const middle = boundary(text, span.start, span.end);
  return [
    ...fit(text, span.start, middle, tokenizer, settings),
    ...fit(text, middle, span.end, tokenizer, settings),
  ];
}

/** A place near the middle that does not cut a surrogate pair, at white space if there is some. */
function boundary(text: string, start: number, end: number): number {
  const half = start + Math.ceil((end - start) / 2);
  const space = text.lastIndexOf(' ', half);
  if (space > start) return space;
  const low = text.charCodeAt(half) >= 0xdc00 && text.charCodeAt(half) <= 0xdfff;
  return low && half + 1 < end ? half + 1 : half;
}

function measure(text: string, from: number, to: number, tokenizer: Tokenizer, prefix: string): Span {
  const slice = text.slice(from, to);
  const start = from + (slice.length - slice.trimStart().length);
  const end = to - (slice.length - slice.trimEnd().length);
  const tokens = tokenizer.encode(prefix + text.slice(start, Math.max(start, end))).length;
  return { start, end: Math.max(start, end), tokens };
}
