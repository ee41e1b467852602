/** Functions of the notebook that are taken over: as they are, with what they need and nothing else. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { recipeOf } from './testing/recipe.ts';

const NOTEBOOK = `# %%
import re
import pandas as pd
from sentence_transformers import SentenceTransformer
UNUSED = 1
# %%
URL = re.compile(r"https?://\\S+")
STOP = {"n/a", "none"}
def strip_urls(text):
    return URL.sub(" ", text)
# %%
df = pd.read_csv("a.csv")
def clean(text, limit=500):
    # keeps its comment, and   its spaces
    text = strip_urls(text.lower())

    return "" if text in STOP else text[:limit]
df["t"] = df["text"].apply(clean)
# %%
URL = re.compile("something else")
# %%
vectors = SentenceTransformer("m").encode(df["t"].tolist())
`;

test('a function is taken byte for byte, with the imports, constants and functions that it needs, in order', async () => {
  const [fn, ...others] = (await recipeOf(NOTEBOOK)).functions;
  assert.deepEqual(others, []);
  assert.equal(fn!.source, NOTEBOOK.slice(NOTEBOOK.indexOf('def clean'), NOTEBOOK.indexOf('\ndf["t"]')));
  assert.deepEqual(
    fn!.slice.map(({ source }) => source.split('\n')[0]),
    [
      'import re',
      'URL = re.compile(r"https?://\\S+")',
      'STOP = {"n/a", "none"}',
      'def strip_urls(text):',
      'def clean(text, limit=500):',
    ],
  );
  assert.deepEqual([fn!.missing, fn!.readsData], [[], false]);
});

test('what a function needs and nothing defines is said; so is that it needs data', async () => {
  const { functions, questions } = await recipeOf(`
import pandas as pd
from sentence_transformers import SentenceTransformer
df = pd.read_csv("a.csv")
words = pd.read_csv("words.csv")
def clean(text):
    return helper(text).replace(words.iloc[0]["w"], "")
vectors = SentenceTransformer("m").encode(df["text"].apply(clean).tolist())`);
  assert.deepEqual([functions[0]!.missing, functions[0]!.readsData], [['helper'], true]);
  assert.equal(questions.filter(({ about }) => about === 'function').length, 2);
});

test('a function of the notebook that makes vectors by itself is its model', async () => {
  const own = (name: string, last: string) => `
import numpy as np
import pandas as pd
df = pd.read_csv("a.csv")
DIM = 8
def ${name}(text):
    v = np.zeros(DIM)
    for word in text.split():
        v[len(word) % DIM] += 1
    return ${last}
rows = []
for text in df["body"]:
    rows.append(${name}(text))
${name}("late fee")`;
  const asked = await recipeOf(
    `${own('embed', 'v')}\ndef tidy(text):\n    return RULE.sub('', text)\ndef find(question):\n    return embed(tidy(question))\nfind('fees')`,
  );
  assert.equal(asked.model?.value.ofQuestions, 'tidy');
  const { model, text, queries, questions } = await recipeOf(own('embed_text', 'v / np.linalg.norm(v)'));
  assert.deepEqual(model?.value.function, { name: 'embed_text', takes: 'one' });
  assert.deepEqual([text?.value, queries[0]?.value], [{ op: 'column', name: 'body' }, 'late fee']);
  assert.deepEqual(
    questions.filter(({ about }) => about === 'model'),
    [],
  );
  assert.equal((await recipeOf(own('score', 'v'))).model, undefined, 'another name');
  assert.equal((await recipeOf(own('encode_text', 'text.lower()'))).model, undefined, 'it gives a text');
});

test('a setting of an object that a function uses comes with it; a later meaning of its name does not', async () => {
  const { functions, model } = await recipeOf(`
import pandas as pd
from transformers import AutoTokenizer, AutoModel
df = pd.read_csv("a.csv")
tokenizer = AutoTokenizer.from_pretrained("gpt2")
tokenizer.pad_token = tokenizer.eos_token
model = AutoModel.from_pretrained("gpt2")
def embed(texts):
    tokens = tokenizer(texts, padding=True, truncation=True, max_length=128)
    return model(**tokens).last_hidden_state.mean(1).tolist()
vectors = embed(df["text"].tolist())
# %%
tokenizer = AutoTokenizer.from_pretrained("other")`);
  assert.deepEqual(model?.value.function, { name: 'embed', takes: 'many' });
  assert.equal(model?.value.maxTokens, 128);
  assert.deepEqual(
    functions[0]!.slice.map(({ source }) => source.split('\n')[0]),
    [
      'from transformers import AutoTokenizer, AutoModel',
      'tokenizer = AutoTokenizer.from_pretrained("gpt2")',
      'tokenizer.pad_token = tokenizer.eos_token',
      'model = AutoModel.from_pretrained("gpt2")',
      'def embed(texts):',
    ],
  );
});
