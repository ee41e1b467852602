/** Texts to vectors, tokenisation included: ours against sentence-transformers' backends, on two threads each. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedAll, loadTokenizer, modelInfo, openEmbedder } from '../packages/throughline/src/model/index.ts';
import { openBackends } from './embed/sentence-transformers.ts';
import { readTextSets, type TextSet } from './embed/texts.ts';

export const description =
  'documents per second and cosine to fp32, against sentence-transformers on the same cores';

export interface EmbedRow {
  readonly set: string;
  readonly engine: string;
  readonly 'docs/s': number;
  readonly 'tokens/s': number;
  /** How many times faster ours is. */
  readonly 'ours is faster by': number;
  readonly 'cosine average'?: number;
  readonly 'cosine lowest'?: number;
}

const THREADS = 2;
/** An odd number of rounds, in which every engine has its turn: the median is of the same minutes for all. */
const ROUNDS = 5;
const WARM_UP_TEXTS = 40;
/** sentence-transformers' default, and what suits a processor's caches better. */
const BATCHES = [32, 8];
const REFERENCE = 'sentence-transformers torch, batches of 32';
const OURS = 'ours';

interface Engine {
  readonly name: string;
  /** Seconds for all texts; with `save`, the vectors are written there as float32 or returned. */
  time(texts: readonly string[]): Promise<number>;
  vectors(texts: readonly string[]): Promise<Float32Array>;
  close(): Promise<void> | void;
}

export default async function run(): Promise<EmbedRow[]> {
  const info = await modelInfo({ model: 'minilm' });
  const sets = await readTextSets(await loadTokenizer({ model: 'minilm' }), info.maxTokens);
  if (!sets) {
    console.error('embed: skipped, there is no shared/data beside this repository');
    return [];
  }
  const directory = await mkdtemp(join(tmpdir(), 'bench-embed-'));
  const engines = await openEngines(directory);
  try {
    const rows: EmbedRow[] = [];
    for (const set of sets) rows.push(...(await measure(set, engines)));
    return rows;
  } finally {
    for (const engine of engines) await engine.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function openEngines(directory: string): Promise<Engine[]> {
  const embedder = await openEmbedder({ model: 'minilm', threads: THREADS });
  const ours: Engine = {
    name: OURS,
    time: async (texts) => {
      const start = performance.now();
      await embedder.embed(texts);
      return (performance.now() - start) / 1000;
    },
    vectors: (texts) => embedAll(embedder, texts),
    close: () => embedder.close(),
  };
  const backends = await openBackends(THREADS, (what) => console.error(`embed: skipped ${what}`));
  const theirs = backends.flatMap((backend) =>
    BATCHES.map(
      (batch): Engine => ({
        name: `sentence-transformers ${backend.name}, batches of ${batch}`,
        time: (texts) => backend.encode(texts, batch),
        vectors: async (texts) => {
          const path = join(directory, 'vectors.bin');
          await backend.encode(texts, batch, path);
          const bytes = await readFile(path);
          return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
        },
        close: () => backend.close(),
      }),
    ),
  );
  return [ours, ...theirs];
}

async function measure(set: TextSet, engines: readonly Engine[]): Promise<EmbedRow[]> {
  for (const engine of engines) await engine.time(set.texts.slice(0, WARM_UP_TEXTS));
  const seconds = new Map<string, number[]>(engines.map((engine) => [engine.name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 0; turn < engines.length; turn++) {
      const engine = engines[(turn + round) % engines.length]!;
      seconds.get(engine.name)!.push(await engine.time(set.texts));
    }
  }
  const cosines = await cosinesToReference(set, engines);
  const ours = median(seconds.get(OURS)!);
  return engines.map((engine) => {
    const time = median(seconds.get(engine.name)!);
    const cosine = cosines.get(engine.name);
    return {
      set: `${set.name} (${Math.round(set.tokens / set.texts.length)} tokens)`,
      engine: engine.name,
      'docs/s': set.texts.length / time,
      'tokens/s': Math.round(set.tokens / time),
      'ours is faster by': time / ours,
      ...(cosine && { 'cosine average': cosine.average, 'cosine lowest': cosine.lowest }),
    };
  });
}

async function cosinesToReference(set: TextSet, engines: readonly Engine[]) {
  const reference = await engines.find((engine) => engine.name === REFERENCE)?.vectors(set.texts);
  const cosines = new Map<string, { average: number; lowest: number }>();
  if (!reference) return cosines;
  for (const engine of engines) {
    const vectors = await engine.vectors(set.texts);
    const each = set.texts.map((_, row) =>
      cosine(vectors, reference, row, reference.length / set.texts.length),
    );
    cosines.set(engine.name, {
      average: each.reduce((sum, value) => sum + value, 0) / each.length,
      lowest: Math.min(...each),
    });
  }
  return cosines;
}

/** Both rows have length 1. */
function cosine(a: Float32Array, b: Float32Array, row: number, dimension: number): number {
  let sum = 0;
  for (let d = row * dimension; d < (row + 1) * dimension; d++) sum += a[d]! * b[d]!;
  return sum;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
