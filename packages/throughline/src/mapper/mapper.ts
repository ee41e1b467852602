/** Rows in, records and passages out. Pure: the same module serves every engine; vectors are added after it. */
import type { Config } from '../config/index.ts';
import type { ModelInfo, Tokenizer } from '../model/index.ts';
import { type Rejection, rowRejecter } from '../quality/reject-rows.ts';
import { formatOf, type TimeConfig } from '../source/format-of.ts';
import type { Mapping } from '../source/mapping.ts';
import type { Value } from '../source/typed.ts';
import { type CastSettings, castRow, sha256 } from './cast.ts';
import {
  type DeadLetter,
  type Mapped,
  type PassageRow,
  payloadOf,
  type RecordRow,
  type SourceRow,
} from './rows.ts';
import { type SplitSettings, split } from './split.ts';

/** Part of a build's digest: raised when the same row would give other records or passages than before. */
export const MAPPER_VERSION = 2;

export interface Mapper {
  map(row: SourceRow, chunk: { id: string; none: boolean }): Mapped;
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
  return {
    map(row, chunk) {
      const result = castRow(row, { ...cast, inNoChunk: chunk.none });
      if ('deadLetter' in result) return result;
      const rejection = rejected(result.record);
      if (rejection) return { deadLetter: refused(result.record, rejection, mapping) };
      const passages = passagesOf(result.record, chunk.id, tokenizer, settings);
      return passages
        ? { record: result.record, passages }
        : { deadLetter: tooLong(result.record, settings) };
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

function passagesOf(
  record: RecordRow,
  chunk: string,
  tokenizer: Tokenizer,
  settings: SplitSettings,
): PassageRow[] | undefined {
  return split(record.text, tokenizer, settings)?.map((span, ordinal) => {
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

function tooLong(record: RecordRow, { maxTokens }: SplitSettings): DeadLetter {
  return {
    step: 'split',
    id: record.id,
    code: 'text_too_long',
    message: `the text has more than ${maxTokens} tokens and split.mode is none`,
    payload: payloadOf({ text: record.text }),
  };
}
