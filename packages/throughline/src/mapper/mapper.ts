/** Rows in, records and passages out. Pure: the same module serves every engine; vectors are added after it. */
import type { RowAnswer } from '../command/index.ts';
import type { Config } from '../config/index.ts';
import type { ModelInfo, Tokenizer } from '../model/index.ts';
import { type Rejection, rowRejecter } from '../quality/reject-rows.ts';
import { formatOf, type TimeConfig } from '../source/format-of.ts';
import type { Mapping } from '../source/mapping.ts';
import type { Value } from '../source/typed.ts';
import { answeredSpans, type Spans } from './answered-spans.ts';
import { type CastSettings, castRow, sha256 } from './cast.ts';
import {
  type DeadLetter,
  type Mapped,
  type PassageRow,
  payloadOf,
  type RecordRow,
  type SourceRow,
} from './rows.ts';
import { type Span, type SplitSettings, split } from './split.ts';

/** Part of a build's digest: raised when the same row would give other records or passages than before. */
export const MAPPER_VERSION = 3;

export interface Mapper {
  /** What `split.mode` says. */
  map(row: SourceRow, chunk: Place): Mapped;
  /** What `map` does before it splits. */
  read(row: SourceRow, chunk: Place): { record: RecordRow } | { deadLetter: DeadLetter };
  /** Splits as a command has answered; what `split.mode` says goes for passages that are too long. */
  splitAs(record: RecordRow, answer: RowAnswer, chunk: Place): Mapped;
}

/** The chunk of a row; `none`: that of rows which belong to none. */
export interface Place {
  id: string;
  none: boolean;
}

/** What the mapper looks at, and nothing else. */
export type MapperConfig = Pick<Config, 'split' | 'transform' | 'quality'> &
  TimeConfig & { source: Pick<Config['source'], 'maxTextLength'> };

export function createMapper(
  config: MapperConfig,
  mapping: Mapping,
  model: ModelInfo,
  tokenizer: Tokenizer,
): Mapper {
  const cast: Omit<CastSettings, 'inNoChunk'> = {
    mapping,
    time: formatOf(config, mapping.timestamp),
    attributeTimes: mapping.attributes.map(({ column }) => formatOf(config, column)),
    normaliseText: config.transform.some((step) => 'normalise' in step),
    maxTextLength: config.source.maxTextLength,
  };
  const settings = splitSettings(config, model);
  const rejected = rowRejecter(config.quality, mapping);
  const read: Mapper['read'] = (row, chunk) => {
    const result = castRow(row, { ...cast, inNoChunk: chunk.none });
    if ('deadLetter' in result) return result;
    const rejection = rejected(result.record);
    return rejection ? { deadLetter: refused(result.record, rejection, mapping) } : result;
  };
  const cut = (record: RecordRow, spans: Spans, { id }: Place): Mapped =>
    'code' in spans
      ? { deadLetter: unsplit(record, spans) }
      : { record, passages: passagesOf(record, spans.spans, id) };
  return {
    read,
    splitAs: (record, answer, chunk) =>
      cut(record, answeredSpans(record.text, answer, tokenizer, settings), chunk),
    map(row, chunk) {
      const result = read(row, chunk);
      if ('deadLetter' in result) return result;
      const spans = split(result.record.text, tokenizer, settings);
      return cut(result.record, spans ? { spans } : tooLong(settings), chunk);
    },
  };
}

/** A longer passage says too many things at once to be found by one of them; models may take far more. */
const PASSAGE_TOKENS = 512;

function splitSettings({ split }: Pick<Config, 'split'>, model: ModelInfo): SplitSettings {
  const usual = split.mode === 'sentences' ? PASSAGE_TOKENS : model.maxTokens;
  const maxTokens = Math.min(split.maxTokens ?? usual, model.maxTokens);
  return {
    mode: split.mode,
    maxTokens,
    overlap: Math.min(split.overlap, Math.floor(maxTokens / 2)),
    prefix: model.passagePrefix,
  };
}

function passagesOf(record: RecordRow, spans: readonly Span[], chunk: string): PassageRow[] {
  return spans.map((span, ordinal) => {
    const text = record.text.slice(span.start, span.end);
    const passage = sha256(JSON.stringify([chunk, record.id, ordinal])).slice(0, 32);
    return {
      passage,
      id: record.id,
      ordinal,
      start: span.start,
      end: span.end,
      text,
      tokens: span.tokens,
      hash: sha256(text),
    };
  });
}

function refused(record: RecordRow, { code, message, withheld }: Rejection, mapping: Mapping): DeadLetter {
  if (withheld) return { step: 'quality', id: record.id, code, message, payload: payloadOf({ withheld }) };
  const attributes = mapping.attributes.map(({ name }, i) => [name, shown(record.attributes[i] ?? null)]);
  const payload = payloadOf({ text: record.text, ...Object.fromEntries(attributes) });
  return { step: 'quality', id: record.id, code, message, payload };
}

function shown(value: Value): string | null {
  return value === null ? null : String(value);
}

function tooLong({ maxTokens }: SplitSettings) {
  return {
    code: 'text_too_long',
    message: `the text has more than ${maxTokens} tokens and split.mode is none`,
  };
}

function unsplit({ id, text }: RecordRow, { code, message }: { code: string; message: string }): DeadLetter {
  return { step: 'split', id, code, message, payload: payloadOf({ text }) };
}
