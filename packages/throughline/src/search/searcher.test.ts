import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { embedAll, modelInfo, openEmbedder } from '../model/index.ts';
import type { Attribute } from '../source/mapping.ts';
import { attributeField, createCollection, FIELDS, fieldValue } from './collection.ts';
import { FORMAT, type IndexManifest } from './manifest.ts';
import { openSearcher } from './searcher.ts';

const DIMENSION = 32;
const MODEL = { model: 'hash', dimension: DIMENSION, normalize: true } as const;
const ATTRIBUTES: Attribute[] = [{ name: 'account', column: 'account', type: 'long' }];
/** What record 0 has; each next one has one more. Doubles cannot tell the first two apart. */
const FIRST_ACCOUNT = 2n ** 53n;

/** A lake that has nothing but an index of so many records, all of them about debts; it is promoted. */
async function indexed(t: TestContext, records: number) {
  const root = await mkdtemp(join(tmpdir(), 'throughline-search-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, 'indexes', 'one');
  await mkdir(folder, { recursive: true });
  const texts = Array.from({ length: records }, (_, i) => `debt number ${i}`);
  await using embedder = await openEmbedder(MODEL);
  const vectors = await embedAll(embedder, texts);
  const collection = createCollection(join(folder, 'collection'), DIMENSION, ATTRIBUTES);
  for (const [i, text] of texts.entries()) {
    collection.insertSync([
      {
        id: `p${i}`,
        vectors: { [FIELDS.vector]: vectors.subarray(i * DIMENSION, (i + 1) * DIMENSION) },
        fields: {
          [FIELDS.text]: text,
          [FIELDS.record]: `r${i}`,
          [FIELDS.chunk]: 'all',
          [FIELDS.ordinal]: 0,
          [attributeField('account')]: fieldValue(FIRST_ACCOUNT + BigInt(i)) as number,
        },
      },
    ]);
  }
  collection.optimizeSync();
  collection.closeSync();
  const manifest: IndexManifest = {
    version: 'one',
    build: 'none',
    format: FORMAT,
    passagesVersion: 0,
    passages: records,
    dimension: DIMENSION,
    modelDigest: (await modelInfo(MODEL)).digest,
    model: MODEL,
    mapping: { id: undefined, text: ['text'], timestamp: undefined, attributes: ATTRIBUTES },
    madeAt: 0,
    ms: 0,
  };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(join(root, 'current.json'), JSON.stringify({ index: 'one' }));
  return { root, pipeline: { id: 'x', name: 'x' } };
}

test('every limit up to the greatest gives so many records, in every mode', async (t) => {
  await using searcher = await openSearcher(await indexed(t, 1_100));
  for (const mode of ['hybrid', 'semantic', 'keyword'] as const) {
    for (const limit of [512, 513, 1_000]) {
      const { hits } = await searcher.search({ query: 'debt', mode, limit });
      assert.equal(hits.length, limit, `${mode} ${limit}`);
    }
  }
});

test('a question longer than the model takes is asked by its beginning', async (t) => {
  await using searcher = await openSearcher(await indexed(t, 20));
  const { hits } = await searcher.search({
    query: `debt number 7 ${'word '.repeat(2_000)}`,
    mode: 'semantic',
  });
  assert.equal(hits.length, 10);
});

test('hybrid scores are fused ones, also where the words find nothing', async (t) => {
  await using searcher = await openSearcher(await indexed(t, 20));
  const { hits } = await searcher.search({ query: 'unheard', mode: 'hybrid' });
  assert.equal(hits[0]!.scores.keyword, null);
  assert.deepEqual(
    hits.map(({ score }) => score),
    hits.map((_, i) => 1 / (60 + i + 1)),
  );
});

test('a model that does not open is told once, and closing is quiet', async (t) => {
  const openModel = async () => {
    throw new Error('no model');
  };
  const searcher = await openSearcher(await indexed(t, 1), { openModel });
  await assert.rejects(searcher.search({ query: 'debt' }), /no model/);
  await searcher[Symbol.asyncDispose]();
});

test('a filter that the index would answer by rounded numbers is refused, and any other is exact', async (t) => {
  await using searcher = await openSearcher(await indexed(t, 3));
  const found = async (filter: string) => (await searcher.search({ query: 'debt', filter })).hits.length;
  for (const filter of [
    `account == ${FIRST_ACCOUNT + 1n}`,
    `account in [1, ${FIRST_ACCOUNT}]`,
    `!(account < ${FIRST_ACCOUNT} || account > 5)`,
    `account > -${FIRST_ACCOUNT}`,
  ])
    await assert.rejects(found(filter), { code: 'filter_not_supported' }, filter);
  assert.equal(await found(`account > ${FIRST_ACCOUNT - 1n}`), 3);
  assert.equal(await found('account <= 5'), 0);
  assert.equal(await found('account > -1e30'), 3);
});

test('a version that is removed while it is opened gives way to the one that is promoted by now', {
  skip: process.platform === 'win32',
}, async (t) => {
  const lake = await indexed(t, 3);
  const current = join(lake.root, 'current.json');
  const gone = join(lake.root, 'indexes', 'gone');
  await mkdir(gone);
  const pipe = join(gone, 'manifest.json');
  execFileSync('mkfifo', [pipe]);
  const manifest = JSON.stringify({ version: 'gone', files: [{ path: 'LOCK', size: 0, sha256: '' }] });
  const openWhile = async (then: () => Promise<unknown>) => {
    await writeFile(current, JSON.stringify({ index: 'gone' }));
    const opening = openSearcher(lake);
    opening.catch(() => {});
    // It opens when the reader has read the pointer, and waits for what it points to.
    const feed = await open(pipe, 'w');
    await then();
    await feed.writeFile(manifest);
    await feed.close();
    return opening;
  };
  await using searcher = await openWhile(() => writeFile(current, JSON.stringify({ index: 'one' })));
  assert.equal(searcher.manifest.version, 'one');
  assert.equal((await searcher.search({ query: 'debt', mode: 'keyword' })).hits.length, 3);
  await assert.rejects(
    openWhile(async () => {}),
    { code: 'index_damaged' },
    'one that is promoted and damaged is not tried for ever',
  );
});
