/** A lake that has nothing but indexes, made in place, whose records are all about debts. For tests. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Lake, promote } from '../../lake/lake.ts';
import { embedAll, modelInfo, openEmbedder } from '../../model/index.ts';
import type { Attribute } from '../../source/mapping.ts';
import { attributeField, createCollection, FIELDS, fieldValue } from '../collection.ts';
import { FORMAT, type IndexManifest } from '../manifest.ts';

const DIMENSION = 32;
const MODEL = { model: 'hash', dimension: DIMENSION, normalize: true } as const;
const ATTRIBUTES: Attribute[] = [{ name: 'account', column: 'account', type: 'long' }];
/** What record 0 has; each next one has one more. Doubles cannot tell the first two apart. */
export const FIRST_ACCOUNT = 2n ** 53n;

/** A lake with one index, `one`, of so many records. */
export async function tinyLake(t: TestContext, records: number): Promise<Lake> {
  const root = await mkdtemp(join(tmpdir(), 'throughline-search-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const lake = { root, pipeline: { id: 'x', name: 'x' } };
  await addIndex(lake, 'one', records);
  await promote(lake, { index: 'one' });
  return lake;
}

export async function addIndex({ root }: Lake, version: string, records: number): Promise<void> {
  const folder = join(root, 'indexes', version);
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
    version,
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
}
