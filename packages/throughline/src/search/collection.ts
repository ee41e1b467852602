/** The index as a Zvec collection: passages with their vector, their stemmed text and their record's attributes. */
import { createRequire } from 'node:module';
import type * as Zvec from '@zvec/zvec';
import type { ColumnType } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Attribute } from '../source/mapping.ts';
import type { Value } from '../source/typed.ts';

const VECTOR = 'embedding';
const TEXT = 'passage_text';
/** Fields of every passage, beside its attributes. */
export const FIELDS = {
  vector: VECTOR,
  text: TEXT,
  record: 'record_id',
  chunk: 'chunk_id',
  ordinal: 'ordinal',
  at: 'at_micros',
} as const;

/** Zvec takes no names of one letter and reserves others: every attribute gets a prefix. */
export function attributeField(name: string): string {
  return `a_${name}`;
}

const HNSW_M = 32;
const HNSW_EF_CONSTRUCTION = 300;

/**
 * Where a filter leaves more than this share of the documents, Zvec reads the field of each instead of its inverted index;
 * by default from 0.9 on. Of 20,000 documents a search took up to 15 times as long that way.
 */
const NEVER_FORWARD = 1;

let loaded: typeof Zvec | undefined;

/** Loads the engine when it is first needed: it has bindings for some platforms only. */
export function loadZvec(): typeof Zvec {
  if (loaded) return loaded;
  try {
    loaded = createRequire(import.meta.url)('@zvec/zvec') as typeof Zvec;
  } catch (cause) {
    throw new ThroughlineError(`the search engine does not load on ${process.platform}-${process.arch}`, {
      code: 'search_engine_missing',
      exitCode: EXIT.unavailable,
      hint: 'Zvec runs on Linux (x64, arm64), macOS (arm64) and Windows (x64). Tables and themes work without it.',
      cause,
    });
  }
  loaded.ZVecInitialize({
    logLevel: loaded.ZVecLogLevel.ERROR,
    invertToForwardScanRatio: NEVER_FORWARD,
  });
  return loaded;
}

export function createCollection(
  path: string,
  dimension: number,
  attributes: readonly Attribute[],
): Zvec.ZVecCollection {
  const zvec = loadZvec();
  const { ZVecDataType: type, ZVecIndexType: index, ZVecMetricType: metric } = zvec;
  const invert = { indexType: index.INVERT } as const;
  const fts: Zvec.ZVecFtsIndexParams = {
    indexType: index.FTS,
    filters: ['lowercase', 'ascii_folding', 'stemmer'],
    extraParams: JSON.stringify({ stemmer_lang: 'english' }),
  };
  const attributeTypes: Record<ColumnType, Zvec.ZVecDataType> = {
    string: type.STRING,
    long: type.INT64,
    double: type.DOUBLE,
    boolean: type.BOOL,
    timestamp: type.INT64,
  };
  const schema = new zvec.ZVecCollectionSchema({
    name: 'passages',
    vectors: {
      name: VECTOR,
      dataType: type.VECTOR_FP32,
      dimension,
      indexParams: {
        indexType: index.HNSW,
        metricType: metric.IP,
        m: HNSW_M,
        efConstruction: HNSW_EF_CONSTRUCTION,
        // The graph is walked by numbers of a byte each, which are all that has to be in memory; scores are of the whole vectors.
        quantizeType: zvec.ZVecQuantizeType.INT8,
      },
    },
    fields: [
      { name: TEXT, dataType: type.STRING, indexParams: fts },
      { name: FIELDS.record, dataType: type.STRING, indexParams: invert },
      { name: FIELDS.chunk, dataType: type.STRING, indexParams: invert },
      { name: FIELDS.ordinal, dataType: type.INT32 },
      { name: FIELDS.at, dataType: type.INT64, nullable: true, indexParams: invert },
      ...attributes.map((attribute) => ({
        name: attributeField(attribute.name),
        dataType: attributeTypes[attribute.type],
        nullable: true,
        // With an inverted index Zvec 0.7 rounds literals of doubles to six decimals when it scans.
        ...(attribute.type === 'double' ? {} : { indexParams: invert }),
      })),
    ],
  });
  return zvec.ZVecCreateAndOpen(path, schema);
}

/** Zvec has numbers only; microseconds and longs below 2^53 are exact, and `refuseRoundedLongs` keeps filters off the others. Filters count NaN as null. */
export function fieldValue(value: Value): string | number | boolean | null {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && Number.isNaN(value) ? null : value;
}
