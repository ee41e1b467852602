/** What a worker does to a row, by the name of its mode: one JSON line in, one out. */
import { NO_CHUNK } from '../../../chunk/chunk-id.ts';
import { chunkOf } from '../../../chunk/chunk-of.ts';
import type { ChunkRule } from '../../../chunk/plan.ts';
import { createMapper, type MapperConfig } from '../../../mapper/mapper.ts';
import type { SourceRow } from '../../../mapper/rows.ts';
import type { ModelInfo, ModelSpec } from '../../../model/index.ts';
import { loadTokenizer } from '../../../model/index.ts';
import type { Mapping } from '../../../source/mapping.ts';
import { parseTimestamp, type TimestampFormat } from '../../../source/timestamp.ts';

/** Settings of each mode, as they are sent. */
export interface WorkerSettings {
  /** value -> value, micros */
  times: { format: TimestampFormat };
  /** value -> value, chunk, first, past */
  cursors: { rule: Exclude<ChunkRule, { by: 'rows' }>; format: TimestampFormat };
  /** A row of the source with idx and chunk -> idx, record and passages, or dead */
  map: { config: MapperConfig; mapping: Mapping; model: ModelInfo; spec: ModelSpec };
  /** hash, text -> hash and embedding, or code and message */
  embed: { spec: ModelSpec };
}

export type RowMode = Exclude<keyof WorkerSettings, 'embed'>;

type RowFunction = (row: never) => unknown;

export async function rowFunction<M extends RowMode>(mode: M, settings: WorkerSettings[M]): Promise<RowFunction> {
  const make: { [K in RowMode]: (settings: WorkerSettings[K]) => RowFunction | Promise<RowFunction> } = {
    times,
    cursors,
    map,
  };
  return await make[mode](settings);
}

function times({ format }: WorkerSettings['times']): RowFunction {
  return ({ value }: { value: string }) => {
    const micros = parseTimestamp(value, format);
    return { value, micros: micros === undefined ? null : String(micros) };
  };
}

function cursors({ rule, format }: WorkerSettings['cursors']): RowFunction {
  return ({ value }: { value: string }) => {
    const found = chunkOf(value, rule, format);
    return {
      value,
      chunk: found?.chunk ?? null,
      first: found?.window?.from ?? null,
      past: found?.window?.to ?? null,
    };
  };
}

async function map({ config, mapping, model, spec }: WorkerSettings['map']): Promise<RowFunction> {
  const mapper = createMapper(config, mapping, model, await loadTokenizer(spec));
  return ({ idx, chunk, ...row }: SourceRow & { idx: number; chunk: string }) => {
    const mapped = mapper.map(row, { id: chunk, none: chunk === NO_CHUNK });
    if ('deadLetter' in mapped) return { idx, record: null, passages: [], dead: mapped.deadLetter };
    const { record, passages } = mapped;
    const attributes = record.attributes.map((value) => (value === null ? null : String(value)));
    return {
      idx,
      record: { ...record, at: record.at === null ? null : String(record.at), attributes },
      passages,
      dead: null,
    };
  };
}
