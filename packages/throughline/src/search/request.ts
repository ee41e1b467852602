/** Requests as they come in, checked: what a search is told is right, or refused with exit code 64. */
import { z } from 'zod';
import { usage } from './usage.ts';

const MAX_LIMIT = 1_000;
const MAX_SHOWN_PASSAGES = 20;

const MODES = ['hybrid', 'semantic', 'keyword'] as const;

const oneOf = (...values: string[]) => ({ error: `it is one of ${values.join(', ')}` });
const between = (least: number, most: number) => {
  const error = `it is a number from ${least} to ${most}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
};
const whole = (most: number) => {
  const error = `it is a whole number from 1 to ${most}`;
  return z.int({ error }).min(1, { error }).max(most, { error });
};
const names = z.array(z.string()).max(50);

/** What questions and "more like this" have in common. */
const shared = {
  /** CEL over the attributes, the id and the timestamp. */
  filter: z.string().optional(),
  /** Hits of a page; 10 unless told. */
  limit: whole(MAX_LIMIT).optional(),
  /** `nextCursor` of the page before. */
  cursor: z.string().optional(),
  /** Hits are records, unless told: `passage` makes each passage a hit of its own. */
  group: z.enum(['record', 'passage'], oneOf('record', 'passage')).optional(),
  /** Passages to show of each record, best first; 1 unless told. */
  passages: whole(MAX_SHOWN_PASSAGES).optional(),
  /** Leaves out hits whose `score` is lower. */
  minScore: z.number({ error: 'it is a number' }).optional(),
  /** From 0 (relevance alone, the default) to 1 (as unlike each other as can be): maximal marginal relevance. */
  diversity: between(0, 1).optional(),
  /** Orders what was found by the timestamp or an attribute instead of by score. Null comes last. */
  sort: z.strictObject({ by: z.string(), order: z.enum(['asc', 'desc'], oneOf('asc', 'desc')) }).optional(),
  /** Attributes, or the timestamp's column, to count the records of by value. */
  facets: names.optional(),
  /** How the hits came about: `explain` of the result and of each hit. */
  explain: z.boolean().optional(),
};

export const searchSchema = z.strictObject({
  query: z.string({ error: 'it is missing' }),
  mode: z.enum(MODES, oneOf(...MODES)).optional(),
  /** Of hybrid search: by ranks (the default), or by scores. */
  fusion: z.enum(['rrf', 'score'], oneOf('rrf', 'score')).optional(),
  /** The semantic side's share where scores are fused, from 0 to 1; a half unless told. */
  weight: between(0, 1).optional(),
  /** Whether "...", +, - and * mean something in the query; they do unless told. */
  syntax: z.boolean().optional(),
  /** Whether words that no passage has stand for those that are spelled nearly like them; not unless told. */
  typos: z.boolean().optional(),
  /** Whether a hybrid search asks its semantic side again, moved towards the first hits; it does unless told. */
  feedback: z.boolean().optional(),
  /** Whether the best hits are looked at again where the config names a reranker; they are unless told, sorted or diverse. */
  rerank: z.boolean().optional(),
  /** Marks the sentence of each hit that is nearest to the question. It is embedded for that: not unless told. */
  sentence: z.boolean().optional(),
  ...shared,
});

export const similarSchema = z.strictObject({
  /** Ids of records, of passages, or of both, to be like. */
  records: names.optional(),
  passageIds: names.optional(),
  ...shared,
});

export type SearchMode = (typeof MODES)[number];
export type SearchRequest = z.infer<typeof searchSchema>;
export type SimilarRequest = z.infer<typeof similarSchema>;
export type SharedRequest = Pick<SearchRequest, keyof typeof shared>;

export function checkSearch(request: unknown): SearchRequest {
  const checked = check(searchSchema, request);
  if (checked.query.trim() === '')
    throw usage('the query is empty', 'Say what you look for: throughline search "late fees"');
  checkShared(checked);
  return checked;
}

export function checkSimilar(request: unknown): SimilarRequest {
  const checked = check(similarSchema, request);
  if ((checked.records ?? []).length + (checked.passageIds ?? []).length === 0)
    throw usage('nothing to be like', 'Name a record: throughline similar ID');
  checkShared(checked);
  return checked;
}

function check<T>(schema: z.ZodType<T>, request: unknown): T {
  const { success, data, error } = schema.safeParse(request);
  if (success) return data;
  const issue = error.issues[0]!;
  if (issue.code === 'unrecognized_keys') throw usage(`a search knows no ${issue.keys.join(', ')}`);
  throw usage(`${issue.path.join('.') || 'the request'}: ${issue.message}`);
}

function checkShared({ sort, diversity, group, passages }: SharedRequest): void {
  if (sort !== undefined && (diversity ?? 0) > 0)
    throw usage('sort and diversity both order the hits', 'Leave one of them out.');
  if (group === 'passage' && (passages ?? 1) > 1)
    throw usage('hits that are passages have one passage each', 'Group by record, or leave passages out.');
}
