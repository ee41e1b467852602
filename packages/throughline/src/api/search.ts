import { z } from 'zod';
import { searchSchema, similarSchema } from '../search/request.ts';

export const MAX_QUERY_LENGTH = 2_000;
const MAX_FILTER_LENGTH = 4_000;
const MAX_PAGE = 100;

const filter = z.string().max(MAX_FILTER_LENGTH).optional();
const limit = z.int().min(1).max(MAX_PAGE).optional();
const cursor = z.string().max(1_000).optional();

export const searchRequest = searchSchema.extend({
  query: z.string().min(1).max(MAX_QUERY_LENGTH),
  filter,
  limit,
  cursor,
});

export const similarRequest = similarSchema.extend({ filter, limit, cursor });

/** UTF-16 code units in the text, half-open. */
const span = z.object({ start: z.int(), end: z.int() });

const scores = z.object({ keyword: z.number().nullable(), semantic: z.number().nullable() });

export const attributeValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const hitPassage = z.object({
  passageId: z.string(),
  scores,
  text: z.string(),
  highlights: z.array(span),
});

const place = z.object({ rank: z.int(), score: z.number() }).nullable();

const hit = hitPassage.extend({
  recordId: z.string(),
  score: z.number(),
  reranked: z.number().optional(),
  attributes: z.record(z.string(), attributeValue),
  at: z.string().nullable(),
  sentence: span.optional(),
  passages: z.array(hitPassage).optional(),
  explain: z.object({ keyword: place, semantic: place }).optional(),
});

export const searchAnswer = z.object({
  hits: z.array(hit),
  /** Version of the index that answered. */
  index: z.string(),
  nextCursor: z.string().nullable(),
  tookMs: z.number(),
  facets: z.record(z.string(), z.array(z.object({ value: attributeValue, records: z.int() }))).optional(),
  notReranked: z.string().optional(),
  /** How the hits came about: candidates, plan of the filter, milliseconds of each part. */
  explain: z.unknown().optional(),
});
