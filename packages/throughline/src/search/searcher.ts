/** Questions to one version of the index, and to what streams have committed since it was built. */
import { EXIT, ThroughlineError } from '../error.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { isVersionName } from '../lake/version-name.ts';
import { type ModelSpec, openEmbedder } from '../model/index.ts';
import { OpenedThings } from '../opened-things.ts';
import type { Reranking } from '../rerank/index.ts';
import { answer, type SearchResult } from './answer.ts';
import { askQuestion, askSimilar, type Index } from './ask-sides.ts';
import type { StoreSetting } from './collections.ts';
import { openFreshIndex } from './fresh/fresh-index.ts';
import type { FreshReport } from './fresh/open-fresh.ts';
import type { Fusion } from './fuse.ts';
import { type ShownPassage, shownPassage } from './hit.ts';
import { type IndexManifest, readManifest } from './manifest.ts';
import { type OpenStore, openStore } from './open-store.ts';
import { queryModel } from './query-model.ts';
import { checkSearch, checkSimilar, type SearchRequest, type SimilarRequest } from './request.ts';
import { rerankHits } from './rerank-hits.ts';
import { usage } from './usage.ts';
import { type Asking, passagesWithin, withinFilter } from './within.ts';

export interface Searcher extends AsyncDisposable {
  readonly manifest: IndexManifest;
  /** What is relevant to a question, best first. Throws FilterError, or an error with exit code 64. */
  search(request: SearchRequest, asking?: Asking): Promise<SearchResult>;
  /** What is like some records or passages, these left out. Throws as `search` does. */
  similar(request: SimilarRequest, asking?: Asking): Promise<SearchResult>;
  /** Opens the model of the index, which else waits for the first question that needs it. */
  openModel(): Promise<void>;
  /** Passages as hits show them; those that are not there, or not within, are left out. */
  passages(ids: readonly string[], asking?: Asking): Promise<ShownPassage[]>;
  /** Where the tables have the record; no chunks where it is not there, or not within. */
  placeOf(record: string, asking?: Asking): Promise<RecordPlace>;
  /** How far what streams have committed is seen; undefined where only the index is asked. */
  freshness(): FreshReport | undefined;
  /** Takes what streams have committed since the last look. The one before it must have ended. */
  look(): Promise<void>;
}

export interface RecordPlace {
  chunks: string[];
  /** Versions of the tables that belong to what a search shows of it; the newest where none is given. */
  versions: { records?: number; passages?: number };
}

export interface SearcherOptions {
  /** The model as the config names it: used where it is that of the index, and needed for an API or a command. */
  model?: ModelSpec | undefined;
  /** The promoted index unless told. */
  version?: string | undefined;
  /** `index.store` of the config: needed where the passages are in Postgres. */
  store?: StoreSetting | undefined;
  /** Whether what streams have committed since the index was built is found as well; unless told, where no version is named. */
  fresh?: boolean | undefined;
  /** Told why no more of that is taken: searches go on with what was taken until then. */
  onIncomplete?: ((error: ThroughlineError) => void) | undefined;
  /** Threads that embed questions; 1 unless told. */
  threads?: number | undefined;
  /** Looks again at the best hits of questions; it is closed with the searcher. */
  reranking?: Reranking | undefined;
  /** Stands in for a model in tests. */
  openModel?: typeof openEmbedder;
}

/** Opens a version of the index. The model is loaded with the first query that needs it. */
export async function openSearcher(
  lake: Lake,
  {
    model: spec,
    version,
    store: setting = 'zvec',
    reranking,
    threads = 1,
    fresh: isFresh = version === undefined,
    onIncomplete,
    openModel = openEmbedder,
  }: SearcherOptions = {},
): Promise<Searcher> {
  await using opened = new OpenedThings();
  if (reranking) opened.use(reranking.reranker);
  const { manifest, store, columns } =
    version === undefined ? await openPromoted(lake, setting) : await openVersion(lake, version, setting);
  opened.use(store);
  opened.use(columns);
  const model = opened.use(queryModel(manifest, { model: spec, threads, openModel }));
  const fresh = isFresh
    ? opened.use(await openFreshIndex(lake, manifest, { store, columns, onIncomplete }))
    : undefined;
  /** As it is now: a question asks it to its end. */
  const now = (): Index & { isTouched: (record: string) => boolean } => ({
    ...(fresh?.view() ?? { store, columns, isTouched: () => false }),
    model,
  });
  const held = opened.move();
  return {
    manifest,
    async search(request, asking) {
      const checked = checkSearch(request);
      const { query, mode, syntax, typos, feedback, rerank = true, sentence = false } = checked;
      const fusion = fusionOf(checked);
      const isOrdered = checked.sort !== undefined || (checked.diversity ?? 0) > 0;
      const rerankBy = rerank && !isOrdered ? reranking : undefined;
      return answer(
        now(),
        manifest,
        checked,
        {
          shape: { query, mode, syntax, typos, fusion, feedback, reranked: rerankBy !== undefined },
          ...(rerankBy && {
            rerank: {
              depth: rerankBy.depth,
              by: (store, ranked) => rerankHits(store, ranked, query, rerankBy),
            },
          }),
          fusion,
          sentence,
          matches: mode === 'keyword',
          ask: (of, scope) => askQuestion(of, checked, scope),
        },
        asking,
      );
    },
    async similar(request, asking) {
      const checked = checkSimilar(request);
      const { records, passageIds } = checked;
      return answer(
        now(),
        manifest,
        checked,
        {
          shape: { records, passageIds },
          fusion: { by: 'rrf' },
          sentence: false,
          matches: false,
          ask: (of, scope) => askSimilar(of, checked, scope),
        },
        asking,
      );
    },
    openModel: () => model.open(),
    async passages(ids, asking) {
      const found = await now().store.fetch(ids);
      const named = ids.flatMap((id) => found.get(id) ?? []);
      const seen = passagesWithin(named, withinFilter(manifest.mapping, asking));
      return seen.map((one) => shownPassage(manifest.mapping, one));
    },
    async placeOf(record, asking) {
      const { columns, isTouched } = now();
      const { passagesVersion: passages, recordsVersion: records, mapping } = manifest;
      const chunks = await columns.chunksOf(record, withinFilter(mapping, asking));
      if (isTouched(record)) return { chunks, versions: {} };
      return { chunks, versions: { passages, ...(records === undefined ? {} : { records }) } };
    },
    freshness: () => fresh?.report(),
    look: async () => fresh?.look(),
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}

const HALF = 0.5;

function fusionOf({ fusion = 'rrf', weight = HALF }: SearchRequest): Fusion {
  return fusion === 'rrf' ? { by: 'rrf' } : { by: 'score', weight };
}

interface OpenedVersion extends OpenStore {
  manifest: IndexManifest;
}

/**
 * A version that was left may be removed while it is opened: wherever that fails, and another one is promoted by now, that one is
 * opened.
 */
async function openPromoted(lake: Lake, setting: StoreSetting): Promise<OpenedVersion> {
  for (;;) {
    const { index } = await readCurrent(lake);
    try {
      const manifest = index === undefined ? undefined : await readManifest(lake, index);
      if (!manifest) throw noIndex(lake);
      return { manifest, ...(await openStore(lake, manifest, setting)) };
    } catch (error) {
      if ((await readCurrent(lake)).index === index) throw error;
    }
  }
}

async function openVersion(lake: Lake, version: string, setting: StoreSetting): Promise<OpenedVersion> {
  if (!isVersionName(version)) throw usage(`${version} is no version of an index`);
  const manifest = await readManifest(lake, version);
  if (manifest) return { manifest, ...(await openStore(lake, manifest, setting)) };
  throw new ThroughlineError(`the lake ${lake.root} has no index ${version}`, {
    code: 'index_missing',
    exitCode: EXIT.noInput,
    hint: 'See them: throughline index list',
  });
}

function noIndex(lake: Lake): ThroughlineError {
  return new ThroughlineError(`the lake ${lake.root} has no index yet`, {
    code: 'index_missing',
    exitCode: EXIT.noInput,
    hint: 'Build it: throughline run. Where that was done, throughline index list says why it may not serve.',
  });
}
