import type { ZVecDoc } from '@zvec/zvec';
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

/** Breadth of the walk through the graph. */
const HNSW_EF = 400;

/** An open collection as a store; it is closed with the store. */
export function zvecStore(
  { collection, close }: OpenCollection,
  attributes: readonly Attribute[],
): IndexStore {
  const { ZVecIndexType: type } = loadZvec();
  const fields: string[] = [
    FIELDS.record,
    FIELDS.ordinal,
    FIELDS.text,
    FIELDS.at,
    ...attributes.map(({ name }) => attributeField(name)),
  ];
  const outputFields = [FIELDS.record];
  const match = async (query: KeywordQuery, { limit, filter }: CandidateOptions) => {
    const condition = filterExpression(filter);
    const fts = zvecMatch(query);
    if (condition === 'nothing' || fts === undefined) return [];
    const fieldName = FIELDS.text;
    return candidates(await collection.query({ fieldName, fts, topk: limit, outputFields, ...condition }));
  };
  const meeting = async (filter: Filter, limit: number, fields: string[]) => {
    const condition = filterExpression(filter);
    if (condition === 'nothing') return [];
    return collection.query({ topk: limit, outputFields: fields, ...condition });
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
      const condition = filterExpression(filter);
      if (condition === 'nothing') return [];
      const docs = await collection.query({
        fieldName: FIELDS.vector,
        vector,
        topk: limit,
        outputFields,
        params: { indexType: type.HNSW, ef: Math.max(HNSW_EF, limit), isLinear: exact },
        ...condition,
      });
      return candidates(docs);
    },
    count: async (filter, limit) => (await meeting(filter, limit, [])).length,
    matching: async (filter, limit) =>
      (await meeting(filter, limit, outputFields)).map((doc) => ({ passage: doc.id, record: recordOf(doc) })),
    async fetch(passages) {
      const docs = collection.fetchSync({ ids: [...passages], outputFields: fields, includeVector: false });
      return new Map(Object.values(docs).map((doc) => [doc.id, stored(doc, attributes)]));
    },
    async vectors(passages) {
      const docs = collection.fetchSync({ ids: [...passages], outputFields: [], includeVector: true });
      return new Map(
        Object.values(docs).map((doc) => [
          doc.id,
          Float32Array.from(doc.vectors[FIELDS.vector] as Float32Array),
        ]),
      );
    },
    [Symbol.asyncDispose]: close,
  };
  return store;
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
