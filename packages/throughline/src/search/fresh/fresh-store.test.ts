import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addRow, emptyRows } from './fresh-rows.ts';
import { freshStore } from './fresh-store.ts';

test('a question of more than 64 words is weighed by fresh passages alone, and costs the index no queries', async () => {
  const fresh = emptyRows(4, []);
  const words = Array.from({ length: 65 }, (_, i) => `word${i}`);
  for (const [id, text] of [words.join(' '), 'word1', 'word2 bank', 'word2'].entries()) {
    const passage = { passage: `${id}#0`, record: `${id}`, chunk: 'all', ordinal: 0, text, at: null };
    addRow(fresh, { ...passage, attributes: [], vector: new Float32Array(4) });
  }
  for (const row of fresh.rows) row.born = 0;
  let asked = 0;
  const below = {
    passages: 100,
    frequency: async () => ++asked,
    averageLength: async () => 4,
  };
  const store = freshStore(fresh, { at: 0, passages: 4 }, below);
  const ask = async (plain: string) =>
    (await store.keyword({ plain }, { limit: 10 })).map(({ record }) => record);
  const found = await ask(words.join(' '));
  assert.deepEqual([found[0], found.length, asked], ['0', 4, 0]);
  assert.equal(found[1], '1', 'what fewer fresh passages have weighs more');
  await ask('word1 word2');
  assert.equal(asked, 2);
});
