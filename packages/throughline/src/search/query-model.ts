/** The model that embedded the passages, opened with the first question that needs it. */
import { EXIT, ThroughlineError } from '../error.ts';
import { split } from '../mapper/split.ts';
import {
  type Embedder,
  embedAll,
  loadTokenizer,
  type ModelInfo,
  type ModelSpec,
  modelInfo,
  type openEmbedder,
} from '../model/index.ts';
import { recentOnes } from '../recent-ones.ts';
import type { IndexManifest } from './manifest.ts';

export interface QueryModel extends AsyncDisposable {
  /** Opens the model, so that the first question does not wait for it. Nothing is embedded. */
  open(): Promise<void>;
  /** The vector of a question. Of one that the model does not take whole, that of its beginning. */
  question(text: string): Promise<Float32Array>;
  /** Vectors of texts as passages have them, one after another. Texts of a passage always fit. */
  passages(texts: readonly string[]): Promise<Float32Array>;
}

/** What was embedded, an index or a build: by which model. */
type ModelOf = Pick<IndexManifest, 'model' | 'modelDigest'>;

export interface QueryModelOptions {
  /** The model as the config names it: used where it is that of the index, and needed for an API or a command. */
  model?: ModelSpec | undefined;
  /** Threads that embed. */
  threads: number;
  openModel: typeof openEmbedder;
}

/** Questions whose vectors are remembered: some megabytes. */
const REMEMBERED = 1_000;

export function queryModel(manifest: ModelOf, { model, threads, openModel }: QueryModelOptions): QueryModel {
  let opening: Promise<Embedder> | undefined;
  const open = async () => {
    const spec = await specFor(manifest, model);
    opening ??= openModel({ ...spec, threads });
    const mine = opening;
    const embedder = await mine.catch((error) => {
      // It may open the next time.
      if (opening === mine) opening = undefined;
      throw error;
    });
    checkModel(embedder.info, manifest);
    return { embedder, spec };
  };
  const embedQuestion = async (text: string) => {
    const { embedder, spec } = await open();
    const asQuery = { kind: 'query' } as const;
    return embedAll(embedder, [text], asQuery).catch(async (error) => {
      if (error.code !== 'text_too_long') throw error;
      return embedAll(embedder, [await beginning(text, embedder.info, spec)], asQuery);
    });
  };
  // Pages of one question, and people who ask the same at the same time. Neither text nor vector leaves the process.
  const recent = recentOnes<Float32Array>(REMEMBERED);
  return {
    async open() {
      await open();
    },
    question: (text) => recent.get(text, () => embedQuestion(text)),
    async passages(texts) {
      const { embedder } = await open();
      return embedAll(embedder, [...texts]);
    },
    async [Symbol.asyncDispose]() {
      // A model that did not open was told to whoever searched, and has nothing to close.
      const opened = await opening?.catch(() => undefined);
      await opened?.close();
    },
  };
}

/** Which model to ask: the config knows where it is today. */
async function specFor({ model, modelDigest }: ModelOf, given: ModelSpec | undefined): Promise<ModelSpec> {
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

function checkModel({ digest }: ModelInfo, { modelDigest }: ModelOf): void {
  if (digest === modelDigest) return;
  throw new ThroughlineError('the index was built with another version of the model', {
    code: 'model_changed',
    exitCode: EXIT.config,
    hint: 'Embed and index again: throughline run',
  });
}

/** What the model takes of a question that somebody has pasted a whole text into. */
async function beginning(query: string, info: ModelInfo, spec: ModelSpec): Promise<string> {
  const tokenizer = await loadTokenizer(spec);
  const { maxTokens, queryPrefix: prefix } = info;
  const [span] = split(query, tokenizer, { mode: 'truncate', maxTokens, overlap: 0, prefix })!;
  return query.slice(span!.start, span!.end);
}
