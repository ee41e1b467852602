/** Queries against the promoted index. */
import type { ZVecCollection, ZVecDoc } from '@zvec/zvec';
import { EXIT, ThroughlineError } from '../error.ts';
import { parseFilter, toZvec } from '../filter/index.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { split } from '../mapper/split.ts';
import {
  type Embedder,
  embedAll,
  loadTokenizer,
  type ModelInfo,
  type ModelSpec,
  modelInfo,
  openEmbedder,
} from '../model/index.ts';
import { filterColumns } from '../source/filter-columns.ts';
import { attributeField, FIELDS, loadZvec } from './collection.ts';
import { refuseRoundedLongs } from './exact-longs.ts';
import { fuse } from './fuse.ts';
import { type Highlight, highlights } from './highlight.ts';
import { type IndexManifest, readManifest } from './manifest.ts';
import { openIndex } from './open-index.ts';

export type SearchMode = 'hybrid' | 'semantic' | 'keyword';

export interface SearchRequest {
  query: string;
  mode?: SearchMode;
  /** CEL over the attributes, the id and the timestamp. */
  filter?: string | undefined;
  /** Records; 10 unless told. */
  limit?: number;
}

export interface Hit {
  recordId: string;
  passageId: string;
  /** Orders the hits: the fused score in hybrid mode, the side's own score otherwise. */
  score: number;
  /** BM25 and cosine; null where that side did not find the passage among its candidates. */
  scores: { keyword: number | null; semantic: number | null };
  text: string;
  highlights: Highlight[];
  attributes: Record<string, string | number | boolean | null>;
  /** ISO 8601, UTC. */
  at: string | null;
}

export interface SearchResult {
  hits: Hit[];
  index: string;
  tookMs: number;
}

export interface Searcher extends AsyncDisposable {
  readonly manifest: IndexManifest;
  /** The best passage of each record, best first. Throws FilterError, or an error with exit code 64. */
  search(request: SearchRequest): Promise<SearchResult>;
}

/** Candidates that each side gives to the fusion. */
const CANDIDATES = 200;
const HNSW_EF = 400;
/** Zvec takes no more, neither as candidates nor as the breadth of its search. */
const MAX_CANDIDATES = 2_048;
const MAX_LIMIT = 1_000;

export interface SearcherOptions {
  /** A version of the index that is not the promoted one. */
  version?: string | undefined;
  /** The model as the config names it: used where it is that of the index, and needed for an API or a command. */
  model?: ModelSpec | undefined;
  /** Stands in for a model in tests. */
  openModel?: typeof openEmbedder;
}

/** Opens the promoted index unless told another. The model is loaded with the first query that needs it. */
export async function openSearcher(
  lake: Lake,
  { version, model, openModel = openEmbedder }: SearcherOptions = {},
): Promise<Searcher> {
  const index = version ?? (await readCurrent(lake)).index;
  const manifest = index === undefined ? undefined : await readManifest(lake, index);
  if (!manifest) {
    throw new ThroughlineError(`the lake ${lake.root} has no index yet`, {
      code: 'index_missing',
      exitCode: EXIT.noInput,
      hint: 'Build it: throughline run',
    });
  }
  const { collection, close } = await openIndex(lake, manifest);
  let embedder: Promise<Embedder> | undefined;
  const embed = async (query: string): Promise<Float32Array> => {
    const spec = await specFor(manifest, model);
    embedder ??= openModel({ ...spec, threads: 1 });
    return embedQuery(await embedder, manifest, spec, query);
  };
  return {
    manifest,
    async search(request) {
      const started = performance.now();
      const hits = await find(collection, manifest, request, embed);
      return { hits, index: manifest.version, tookMs: Math.round((performance.now() - started) * 10) / 10 };
    },
    async [Symbol.asyncDispose]() {
      // A model that did not open was told to whoever searched, and has nothing to close.
      const opened = await embedder?.catch(() => undefined);
      await opened?.close();
      await close();
    },
  };
}

/** Which model to ask: the config knows where it is today. */
async function specFor(
  { model, modelDigest }: IndexManifest,
  given: ModelSpec | undefined,
): Promise<ModelSpec> {
  const isGiven =
    given !== undefined && (model === undefined || (await modelInfo(given)).digest === modelDigest);
  if (isGiven) return given;
  if (model !== undefined) return model;
  throw new ThroughlineError(
    "the index's model is an API or a command, and only the config says how to reach it",
    {
      code: 'model_unknown',
      exitCode: EXIT.config,
      hint: 'Search with the config of the pipeline: openSearcher(lake, { model: specOf(config.embed, directory) }).',
    },
  );
}

async function embedQuery(
  embedder: Embedder,
  manifest: IndexManifest,
  spec: ModelSpec,
  query: string,
): Promise<Float32Array> {
  if (embedder.info.digest !== manifest.modelDigest) {
    throw new ThroughlineError('the index was built with another version of the model', {
      code: 'model_changed',
      exitCode: EXIT.config,
      hint: 'Embed and index again: throughline run',
    });
  }
  const asQuery = { kind: 'query' } as const;
  return embedAll(embedder, [query], asQuery).catch(async (error) => {
    if (error.code !== 'text_too_long') throw error;
    return embedAll(embedder, [await beginning(query, embedder.info, spec)], asQuery);
  });
}

/** What the model takes of a question that somebody has pasted a whole text into. */
async function beginning(query: string, info: ModelInfo, spec: ModelSpec): Promise<string> {
  const tokenizer = await loadTokenizer(spec);
  const { maxTokens, queryPrefix: prefix } = info;
  const [span] = split(query, tokenizer, { mode: 'truncate', maxTokens, overlap: 0, prefix })!;
  return query.slice(span!.start, span!.end);
}

async function find(
  collection: ZVecCollection,
  manifest: IndexManifest,
  { query, mode = 'hybrid', filter, limit = 10 }: SearchRequest,
  embed: (query: string) => Promise<Float32Array>,
): Promise<Hit[]> {
  if (query.trim() === '')
    throw usage('the query is empty', 'Say what you look for: throughline search "late fees"');
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw usage(`the limit ${limit} is not a number from 1 to ${MAX_LIMIT}`);
  const condition = filterExpression(manifest, filter);
  if (condition === 'nothing') return [];
  const topk = Math.min(Math.max(CANDIDATES, limit * 4), MAX_CANDIDATES);
  const common = { topk, ...(condition === undefined ? {} : { filter: condition }) };
  const { ZVecIndexType: type } = loadZvec();
  const keyword =
    mode === 'semantic'
      ? []
      : collection.querySync({
          ...common,
          fieldName: FIELDS.text,
          fts: { matchString: query.replaceAll('\0', ' ') },
        });
  const semantic =
    mode === 'keyword'
      ? []
      : collection.querySync({
          ...common,
          fieldName: FIELDS.vector,
          vector: await embed(query),
          params: { indexType: type.HNSW, ef: Math.max(HNSW_EF, topk) },
        });
  return assemble(manifest, query, mode, { keyword, semantic }, limit);
}

function usage(message: string, hint?: string): ThroughlineError {
  return new ThroughlineError(message, {
    code: 'usage',
    exitCode: EXIT.usage,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The filter in the index's language; undefined if every passage meets it. */
function filterExpression(
  { mapping }: IndexManifest,
  filter: string | undefined,
): string | 'nothing' | undefined {
  if (filter === undefined) return undefined;
  const names = new Map(mapping.attributes.map(({ name }) => [name, attributeField(name)]));
  if (mapping.id !== undefined && !names.has(mapping.id)) names.set(mapping.id, FIELDS.record);
  if (mapping.timestamp !== undefined && !names.has(mapping.timestamp))
    names.set(mapping.timestamp, FIELDS.at);
  const columns = filterColumns(mapping);
  const known = Object.fromEntries(Object.entries(columns).filter(([name]) => names.has(name)));
  const parsed = parseFilter(filter, known);
  refuseRoundedLongs(parsed);
  const printed = toZvec(parsed, (name) => names.get(name)!);
  if (printed.match === 'some') return printed.expression;
  return printed.match === 'none' ? 'nothing' : undefined;
}

/**
 * Ranks records by their best passage on each side, fuses the ranks, and shows of each record the passage that both
 * sides together rank best: the words and the meaning of a question may be in different passages of one record.
 */
function assemble(
  manifest: IndexManifest,
  query: string,
  mode: SearchMode,
  sides: { keyword: ZVecDoc[]; semantic: ZVecDoc[] },
  limit: number,
): Hit[] {
  const lists = [sides.keyword, sides.semantic].map(ordered);
  const shown = new Map<string, ZVecDoc>();
  const docs = new Map(lists.flat().map((doc) => [doc.id, doc]));
  for (const { id } of fuse(lists.map((list) => list.map((doc) => doc.id)))) {
    const doc = docs.get(id)!;
    if (!shown.has(recordOf(doc))) shown.set(recordOf(doc), doc);
  }
  const ranked =
    mode === 'hybrid'
      ? fuse(lists.map((list) => [...new Set(list.map(recordOf))]))
      : [...shown].map(([id, { score }]) => ({ id, score }));
  const scoreOf = (side: ZVecDoc[]) => new Map(side.map((doc) => [doc.id, doc.score]));
  const [keyword, semantic] = [scoreOf(sides.keyword), scoreOf(sides.semantic)];
  return ranked.slice(0, limit).map(({ id, score }) => {
    const doc = shown.get(id)!;
    const scores = { keyword: keyword.get(doc.id) ?? null, semantic: semantic.get(doc.id) ?? null };
    return hitOf(manifest, query, doc, id, score, scores);
  });
}

function recordOf(doc: ZVecDoc): string {
  return String(doc.fields[FIELDS.record]);
}

/** Equal scores by id, so that equal input gives equal order. */
function ordered(side: readonly ZVecDoc[]): ZVecDoc[] {
  return side.toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}

function hitOf(
  { mapping }: IndexManifest,
  query: string,
  doc: ZVecDoc,
  recordId: string,
  score: number,
  scores: Hit['scores'],
): Hit {
  const text = String(doc.fields[FIELDS.text]);
  const attributes: Hit['attributes'] = {};
  for (const { name, type } of mapping.attributes) {
    const value = (doc.fields[attributeField(name)] as string | number | boolean | undefined) ?? null;
    attributes[name] = type === 'timestamp' && value !== null ? isoTime(value as number) : value;
  }
  const at = doc.fields[FIELDS.at] as number | undefined;
  return {
    recordId,
    passageId: doc.id,
    score,
    scores,
    text,
    highlights: highlights(text, query),
    attributes,
    at: at == null ? null : isoTime(at),
  };
}

function isoTime(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString();
}
