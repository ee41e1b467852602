import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Lake } from '../lake/lake.ts';
import { createCollection } from '../search/collection.ts';
import { FORMAT, type IndexManifest } from '../search/manifest.ts';
import { type JudgeRequest, judgeIndex } from './judge-index.ts';
import type { JudgementSet } from './judgements.ts';
import { keep } from './kept-queries.ts';
import { forMeasures } from './metrics.ts';

const DIMENSION = 8;
const relevant = new Map([['a', 1]]);
const JUDGEMENTS: JudgementSet = {
  directory: 'judgements',
  digest: 'd1',
  corpus: undefined,
  queries: Array.from({ length: 20 }, (_, i) => ({ id: `q${i}`, text: `query ${i}`, relevant })),
  withoutRelevant: 0,
};

async function emptyLake(t: TestContext): Promise<Lake> {
  const root = await mkdtemp(join(tmpdir(), 'throughline-judge-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return { root, pipeline: { id: 'x', name: 'x' } };
}

/** What a version answered, as if it had been asked before. */
async function answered(
  lake: Lake,
  index: string,
  value: (i: number) => number,
  product = '1',
): Promise<void> {
  const queries = JUDGEMENTS.queries.map(({ id }, i) => ({ id, measures: forMeasures(() => value(i)) }));
  await keep(lake, { index, judgements: 'd1', mode: 'semantic', product }, queries);
}

function judge(lake: Lake, change: Partial<JudgeRequest> = {}) {
  return judgeIndex({
    lake,
    candidate: 'new',
    build: 'none',
    promoted: 'old',
    judgements: JUDGEMENTS,
    limit: { judgements: 'judgements', mode: 'semantic', significance: 0.05 },
    model: { model: 'hash', dimension: DIMENSION },
    store: 'zvec',
    product: '1',
    signal: new AbortController().signal,
    onAsk: () => assert.fail('nothing has to be asked'),
    warning: () => {},
    ...change,
  });
}

const good = (i: number) => 0.6 + (i % 5) / 50;
const bad = (i: number) => 0.3 + (i % 5) / 50;

test('answers that are kept decide, and nothing is asked', async (t) => {
  const lake = await emptyLake(t);
  await answered(lake, 'old', good);
  await answered(lake, 'new', bad);
  const { unmet, against, measures, index } = await judge(lake);
  assert.equal(unmet.length, 1);
  assert.equal(index, 'new');
  assert.ok(Math.abs(measures['ndcg@10'] - 0.34) < 1e-9);
  assert.deepEqual([against!.index, against!.difference.p < 0.001], ['old', true]);
  assert.deepEqual((await judge(lake, { candidate: 'old', promoted: 'new' })).unmet, [], 'better');
  const first = await judge(lake, { promoted: undefined });
  assert.deepEqual([first.unmet, first.against], [[], undefined]);
  const itself = await judge(lake, { promoted: 'new' });
  assert.deepEqual([itself.unmet, itself.against], [[], undefined]);
});

test('answers to other judgements, or of another version of the product, do not count', async (t) => {
  const lake = await emptyLake(t);
  await answered(lake, 'new', good, '0');
  await assert.rejects(judge(lake, { promoted: undefined, build: 'gone' }), /build\.json is missing/);
});

test('a promoted index whose model is gone is no reason to pass', async (t) => {
  const lake = await emptyLake(t);
  await answered(lake, 'new', good);
  await unaskable(lake, 'old');
  let asked = 0;
  const onAsk = () => asked++;
  const { unmet, against } = await judge(lake, { onAsk });
  assert.match(unmet.join(), /cannot be asked .*model.*significance: 0/);
  assert.deepEqual([unmet.length, against, asked], [1, undefined, 1]);
  const limit = { judgements: 'judgements', mode: 'semantic', significance: 0 } as const;
  assert.deepEqual((await judge(lake, { limit })).unmet, []);
});

/** An index of a model that only a config could open, and not this one. */
async function unaskable(lake: Lake, version: string): Promise<void> {
  const folder = join(lake.root, 'indexes', version);
  await mkdir(folder, { recursive: true });
  createCollection(join(folder, 'collection'), DIMENSION, []).closeSync();
  const manifest: IndexManifest = {
    version,
    format: FORMAT,
    build: 'none',
    passagesVersion: 0,
    passages: 0,
    dimension: DIMENSION,
    modelDigest: 'of an API',
    mapping: { id: undefined, text: ['text'], timestamp: undefined, attributes: [] },
    madeAt: 0,
    ms: 0,
  };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
}
