import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { NotebookError } from '../notebook/notebook.ts';
import { mutatedNotebook } from '../testing/mutated.ts';
import { readRecipe } from './read-recipe.ts';
import { recipeOf } from './testing/recipe.ts';

test('whatever a notebook holds, it is read or refused with a reason', async () => {
  const property = fc.asyncProperty(mutatedNotebook, async ({ file, text }) => {
    try {
      JSON.stringify(await readRecipe(text, { file }));
    } catch (error) {
      if (!(error instanceof NotebookError)) throw error;
    }
  });
  await fc.assert(property, { numRuns: 200 });
});

const HEAD =
  'import pandas as pd\nfrom sentence_transformers import SentenceTransformer\ndf = pd.read_csv("a.csv")\nt = df["text"]\n';
const EMBED = '\nSentenceTransformer("m").encode(t.tolist())';
const times = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n');

for (const [name, code] of [
  ['a text that doubles', times(80, () => 't = t + t')],
  ['a chain of functions', `def f(x):\n    return x.lower() + x\n${times(80, () => 't = t.apply(f)')}`],
  [
    'functions that call each other',
    `${times(60, (at) => `def f${at}(x):\n    return f${at + 1}(x) + f${at + 1}(x)`)}\nt = t.apply(f0)`,
  ],
  ['a function that calls itself', 'def f(x):\n    return f(x) + f(x)\nt = t.apply(f)'],
  ['many filters', times(300, (at) => `df = df[df["a"] > ${at}]`)],
  ['many calls', `def f(x):\n    return x\n${times(3_000, () => 't = t.apply(f)')}`],
] as const)
  test(`${name} is read in bounded time and space`, async () => {
    const recipe = await recipeOf(`${HEAD}${code}${EMBED}`);
    assert.equal(recipe.source?.value.path, 'a.csv');
    assert.ok(JSON.stringify(recipe).length < 1_000_000);
  });
