import assert from 'node:assert/strict';
import test from 'node:test';
import { readRecipe } from '@throughline/notebook-lint';
import type { LookedAt } from '../init/index.ts';
import { askMissing } from './ask-missing.ts';
import { type PlanInput, pipelinePlan } from './pipeline-plan.ts';

const looked = {
  ...{ format: { type: 'csv' }, files: ['a.csv'], rows: 1, more: false },
  columns: ['ref', 'message'].map((name) => ({ name, values: [], length: 1 })),
} as unknown as LookedAt;

async function ask(code: string, ...answers: string[]) {
  const recipe = await readRecipe(`# %%\n${code}`, { file: 'a.py' });
  const input: PlanInput = { recipe, name: 'a', lake: './lake', source: undefined, looked, answers: {} };
  const [asked, told]: string[][] = [[], []];
  const person = {
    answer: async (prompt: string) => {
      asked!.push(prompt);
      return answers.shift() ?? '';
    },
    tell: (message: string) => void told!.push(message),
  };
  const given = await askMissing(person, pipelinePlan(input), input);
  const plan = pipelinePlan({ ...input, answers: given });
  return {
    asked: asked!,
    told: told!,
    given,
    questions: plan.settings.flatMap((one) => one.questions ?? []),
  };
}

const HEAD =
  'import pandas as pd\nfrom sentence_transformers import SentenceTransformer\ndf = pd.read_csv("a.csv")\n';

test('text, id and revision are asked for, wrong answers again, and an answered question is none', async () => {
  const code = `${HEAD}v = SentenceTransformer("all-MiniLM-L6-v2").encode(make(df))`;
  const { given, told, questions } = await ask(code, 'mesage', 'message', 'ref', 'a b', 'abc123');
  assert.deepEqual(given, { text: ['message'], id: 'ref', revision: 'abc123' });
  assert.equal(told.length, 2);
  assert.deepEqual(questions, []);
});

test('Enter leaves the question in the file, and what the notebook says is not asked', async () => {
  const code = `${HEAD}v = SentenceTransformer("all-MiniLM-L6-v2", revision="r").encode(df["message"].tolist())`;
  const { asked, given, questions } = await ask(code);
  assert.deepEqual(asked, ['Id of ref, message [later]: ']);
  assert.deepEqual(given, {});
  assert.equal(questions.length, 1);
});
