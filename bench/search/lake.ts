/** A lake with a passages table of given vectors, and its index as the product makes it. */
import { join } from 'node:path';
import { type ColumnBatch, commit, writeParquet } from '../../packages/delta/src/index.ts';
import { type Build, openBuild } from '../../packages/throughline/src/lake/build.ts';
import { existingLake, type Lake, openLake, promote } from '../../packages/throughline/src/lake/lake.ts';
import { modelInfo } from '../../packages/throughline/src/model/index.ts';
import { makeIndex } from '../../packages/throughline/src/search/make-index.ts';
import type { IndexManifest } from '../../packages/throughline/src/search/manifest.ts';
import { bucketOf, type Corpus, passageAt } from './corpus.ts';
import { MODEL, WIDTH } from './embedded.ts';

const CHUNKS = 100;
const ROWS_AT_ONCE = 4_096;
const BUILD = 'bench';

export async function writeLake(root: string, corpus: Corpus, count: number): Promise<Build> {
  const lake = await openLake(root, BUILD, () => BUILD);
  const build = await openTheBuild(lake);
  for (let chunk = 0; chunk < CHUNKS; chunk++) await replaceChunk(build, corpus, count, chunk);
  await promote(lake, { build: BUILD });
  return build;
}

async function openTheBuild(lake: Lake): Promise<Build> {
  const { digest: modelDigest } = await modelInfo(MODEL);
  const attributes = [{ name: 'bucket', column: 'bucket', type: 'long' as const }];
  return await openBuild(lake, {
    ...{ digest: BUILD, model: MODEL, modelDigest, rule: { by: 'value', column: 'chunk' } },
    mapping: { id: 'id', text: ['text'], timestamp: undefined, attributes },
  });
}

/** Passages of a chunk, which is a hundredth of them, take the place of those that are there. */
async function replaceChunk(build: Build, corpus: Corpus, count: number, chunk: number): Promise<void> {
  const { passages } = build.tables;
  const { schema, partitionColumns } = passages.metadata;
  const partition = { _chunk: `c${chunk}` };
  const add = await writeParquet(
    { root: passages.root, schema, partitionColumns, partition },
    batches(corpus, count, chunk),
  );
  const result = await commit(passages, { operation: 'WRITE', add, replace: { partition } });
  build.tables.passages = result.snapshot;
}

function* batches(corpus: Corpus, count: number, chunk: number): Generator<ColumnBatch> {
  const [start, end] = [chunk, chunk + 1].map((of) => Math.floor((of * count) / CHUNKS)) as [number, number];
  for (let from = start; from < end; from += ROWS_AT_ONCE) {
    const numbers = Array.from({ length: Math.min(ROWS_AT_ONCE, end - from) }, (_, i) => from + i);
    const found = numbers.map((i) => passageAt(corpus, i));
    const vectors = new Float32Array(numbers.length * WIDTH);
    for (const [row, { vector }] of found.entries()) vectors.set(vector, row * WIDTH);
    const texts = found.map(({ text }) => text);
    yield {
      rows: numbers.length,
      columns: {
        _passage: numbers.map((i) => `p${i}`),
        _id: numbers.map((i) => `r${i}`),
        _ordinal: new Int32Array(numbers.length),
        _start: new Int32Array(numbers.length),
        _end: Int32Array.from(texts, ({ length }) => length),
        _text: texts,
        _tokens: new Int32Array(numbers.length),
        _hash: numbers.map((i) => `h${i}`),
        _embedding: vectors,
        _at: numbers.map(() => null),
        bucket: BigInt64Array.from(numbers, (i) => BigInt(bucketOf(i))),
      },
    };
  }
}

export interface Made {
  manifest: IndexManifest;
  /** Seconds until it was built, and until it was verified. */
  built: number;
  verified: number;
}

/** Builds the index of the passages as they are, verifies and promotes it. */
export async function makeTheIndex(root: string): Promise<Made> {
  const lake = await existingLake(root);
  const build = await openTheBuild(lake);
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  let built = 0;
  const manifest = await makeIndex(lake, build, await modelInfo(MODEL), {
    ...{ signal: new AbortController().signal, clock: Date.now, minRecall: 0 },
    store: 'zvec',
    onVerify: () => {
      built = seconds();
    },
  });
  await promote(lake, { index: manifest.version });
  return { manifest, built, verified: seconds() };
}

/** One chunk is written again: what a day adds to a history. */
export async function changeOneChunk(root: string, corpus: Corpus, count: number): Promise<void> {
  const build = await openTheBuild(await existingLake(root));
  await replaceChunk(build, corpus, count, CHUNKS - 1);
}

/** Paths of the passages table's files, for those who read them otherwise. */
export async function passageFiles(root: string): Promise<string[]> {
  const { passages } = (await openTheBuild(await existingLake(root))).tables;
  return (await passages.files()).map(({ path }) => join(passages.root, decodeURIComponent(path))).sort();
}
