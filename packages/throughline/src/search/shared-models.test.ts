import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEmbedder } from '../model/index.ts';
import { sharedModels } from './shared-models.ts';

const A = { model: 'hash', dimension: 8, normalize: true } as const;
const B = { ...A, dimension: 16 };

test('the same model is opened once, and closed with the last who has it', async () => {
  const [opened, closed]: number[][] = [[], []];
  const open = sharedModels(async (spec) => {
    const embedder = await openEmbedder(spec);
    opened!.push(embedder.info.dimension);
    const close = async () => {
      closed!.push(embedder.info.dimension);
      await embedder.close();
    };
    return { ...embedder, close };
  });
  const [one, two, other] = await Promise.all([open(A), open({ ...A }), open(B)]);
  assert.deepEqual(opened, [8, 16]);
  await one.close();
  await one.close();
  assert.deepEqual(closed, []);
  assert.equal((await two.embed(['still there'])).vectors.length, 8);
  await two.close();
  await other.close();
  assert.deepEqual(closed, [8, 16]);
  await (await open(A)).close();
  assert.deepEqual(opened, [8, 16, 8]);
});

test('a model that does not open is tried again by the next', async () => {
  let tries = 0;
  const open = sharedModels(async (spec) => {
    if (++tries === 1) throw new Error('no');
    return openEmbedder(spec);
  });
  await assert.rejects(open(A), /no/);
  await (await open(A)).close();
});
