import type { ZVecDoc, ZVecHnswIndexParams, ZVecQuery } from '@zvec/zvec';
import { type Filter, toZvec } from '../filter/index.ts';
import type { Attribute } from '../source/mapping.ts';
import { attributeField, FIELDS, loadZvec } from './collection.ts';
import { refuseRoundedLongs } from './exact-longs.ts';
import { keepClauses } from './keep-clauses.ts';
import type { KeywordQuery } from './keyword-query.ts';
import type { OpenCollection } from './open-collection.ts';
import {
  type AttributeValue,
  byScore,
  type Candidate,
  type CandidateOptions,
  type IndexStore,
  MAX_CANDIDATES,
  type StoredPassage,
} from './store.ts';
import { negatedPhrases, zvecMatch } from './zvec-match.ts';

/** Breadth of the walk through the graph: at 100,000 passages 200 find what 400 find, in half of the time. */
const HNSW_EF = 200;
/** Of the candidates wanted, so many more are looked at by their whole vectors: bytes alone put some in a slightly other order. */
const RESCORED = { share: 0.25, least: 20 };

/**
 * An open collection as a store; it is closed with the store. What it holds of the chunks `without` is not there any more: more
 * is asked for until enough of what is found is there.
 */
export function zvecStore(
  { collection, close }: OpenCollection,
  attributes: readonly Attribute[],
  without: ReadonlySet<string> = new Set(),
): IndexStore {
  const { ZVecIndexType: type, ZVecQuantizeType: quantized } = loadZvec();
  const { indexParams } = collection.schema.vector(FIELDS.vector);
  const isQuantized = (indexParams as ZVecHnswIndexParams).quantizeType === quantized.INT8;
  const fields: string[] = [
    FIELDS.record,
    FIELDS.ordinal,
    FIELDS.text,
    FIELDS.at,
    ...attributes.map(({ name }) => attributeField(name)),
  ];
  const chunkField = without.size === 0 ? [] : [FIELDS.chunk];
  const isThere = (doc: ZVecDoc) => without.size === 0 || !without.has(String(doc.fields[FIELDS.chunk]));
  const fetched = (ids: readonly string[], what: { outputFields: string[]; includeVector: boolean }) =>
    Object.values(collection.fetchSync({ ids: [...ids], ...what })).filter(isThere);
  const ask = async (
    limit: number,
    queryOf: (topk: number) => ZVecQuery,
    filter: Filter | undefined,
    fields: string[] = [FIELDS.record],
  ) => {
    const outputFields = [...fields, ...chunkField];
    const condition = filterExpression(filter);
    if (condition === 'nothing') return [];
    for (let wanted = without.size === 0 ? limit : limit + EXTRA; ; wanted *= 2) {
      const topk = Math.min(wanted, MAX_CANDIDATES);
      const docs = await collection.query({ ...queryOf(topk), topk, outputFields, ...condition });
      const there = docs.filter(isThere);
      if (there.length >= limit || docs.length < topk) return there.slice(0, limit);
      if (topk < MAX_CANDIDATES) continue;
      const others = filterExpression(outside(without, filter)) as object;
      return collection.query({ ...queryOf(topk), topk: limit, outputFields: fields, ...others });
    }
  };
  const match = async (query: KeywordQuery, { limit, filter }: CandidateOptions) => {
    const fts = zvecMatch(query);
    if (fts === undefined) return [];
    return candidates(await ask(limit, () => ({ fieldName: FIELDS.text, fts }), filter));
  };
  const store: IndexStore = {
    passages: collection.stats.docCount,
    async keyword(query, options) {
      const unwanted = negatedPhrases(query);
      if (unwanted.length === 0) return match(query, options);
      for (let limit = options.limit * 2; ; limit *= 2) {
        const asked = Math.min(limit, MAX_CANDIDATES);
        const found = await match(query, { ...options, limit: asked });
        const kept = await keepClauses(store, unwanted, found);
        const isAll = found.length < asked || asked === MAX_CANDIDATES;
        if (kept.length >= options.limit || isAll) return kept.slice(0, options.limit);
      }
    },
    async nearest(vector, { limit, filter, exact = false }) {
      const query = (topk: number) => ({
        ...{ fieldName: FIELDS.vector, vector },
        params: {
          indexType: type.HNSW,
          ef: Math.max(HNSW_EF, topk),
          isLinear: exact,
          isUsingRefiner: isQuantized,
        },
      });
      const more = isQuantized ? Math.ceil(Math.max(RESCORED.least, limit * RESCORED.share)) : 0;
      const wanted = Math.min(limit + more, MAX_CANDIDATES);
      return candidates(await ask(wanted, query, filter)).slice(0, limit);
    },
    count: async (filter, limit) => (await ask(limit, () => ({}), filter, [])).length,
    matching: async (filter, limit) =>
      (await ask(limit, () => ({}), filter)).map((doc) => ({ passage: doc.id, record: recordOf(doc) })),
    async fetch(passages) {
      const docs = fetched(passages, {
        outputFields: [...fields, ...chunkField],
        includeVector: false,
      });
      return new Map(docs.map((doc) => [doc.id, stored(doc, attributes)]));
    },
    async vectors(passages) {
      const docs = fetched(passages, { outputFields: chunkField, includeVector: true });
      return new Map(
        docs.map((doc) => [doc.id, Float32Array.from(doc.vectors[FIELDS.vector] as Float32Array)]),
      );
    },
    [Symbol.asyncDispose]: close,
  };
  return store;
}

/** Asked for more than is wanted where some of it may not be there any more. */
const EXTRA = 32;

/** The filter, and that the passage is of none of the chunks. */
function outside(chunks: ReadonlySet<string>, filter: Filter | undefined): Filter {
  const column = { kind: 'column', name: '_chunk', type: 'string' } as const;
  const list = Array.from(chunks, (value) => ({ kind: 'literal', type: 'string', value }) as const);
  const not: Filter = { op: 'not', of: { op: 'in', left: column, list } };
  return filter === undefined ? not : { op: 'and', of: [filter, not] };
}

/** The filter in Zvec's words as a part of a query: nothing to add where every passage meets it. */
function filterExpression(filter: Filter | undefined): { filter?: string } | 'nothing' {
  if (filter === undefined) return {};
  refuseRoundedLongs(filter);
  const printed = toZvec(filter, fieldOf);
  if (printed.match === 'some') return { filter: printed.expression };
  return printed.match === 'none' ? 'nothing' : {};
}

const SYSTEM_FIELDS = new Map<string, string>([
  ['_id', FIELDS.record],
  ['_chunk', FIELDS.chunk],
  ['_at', FIELDS.at],
]);

function fieldOf(column: string): string {
  return SYSTEM_FIELDS.get(column) ?? attributeField(column);
}

function candidates(docs: readonly ZVecDoc[]): Candidate[] {
  return docs.map((doc) => ({ passage: doc.id, record: recordOf(doc), score: doc.score })).sort(byScore);
}

function recordOf(doc: ZVecDoc): string {
  return String(doc.fields[FIELDS.record]);
}

function stored(doc: ZVecDoc, attributes: readonly Attribute[]): StoredPassage {
  const value = (field: string) => (doc.fields[field] as AttributeValue | undefined) ?? null;
  return {
    passage: doc.id,
    record: recordOf(doc),
    ordinal: Number(doc.fields[FIELDS.ordinal]),
    text: String(doc.fields[FIELDS.text]),
    at: value(FIELDS.at) as number | null,
    attributes: Object.fromEntries(attributes.map(({ name }) => [name, value(attributeField(name))])),
  };
}
