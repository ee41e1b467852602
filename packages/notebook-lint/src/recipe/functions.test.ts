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
  assert.equal((await recipeOf(own('encode_label', 'v'))).model, undefined, 'no texts');
  const library = `from sentence_transformers import SentenceTransformer
import pandas as pd
all = pd.read_csv("b.csv")
SentenceTransformer("m").encode(all["t"].tolist())`;
  assert.equal(
    (await recipeOf(`${library}${own('embed', 'v')}`)).model?.value.name,
    'm',
    'a library is surer',
  );
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

const CALL = (fn: string, by: string) => `
import pandas as pd
from sentence_transformers import SentenceTransformer
df = pd.read_csv("a.csv")
SIZE = 200
${fn}
${by}
vectors = SentenceTransformer("m").encode(df["t"].tolist())`;
const APPLY = 'df["t"] = df["text"].apply(clean)';
const OPTIONS = 'def clean(t, lower=True, end=""):\n    return (t.lower() if lower else t) + end';

for (const [name, fn, by, expected] of [
  ['one line', 'def clean(t):\n    return t.replace("a", "b")', APPLY, { inner: true }],
  ['two lines', 'def clean(t):\n    t = t.replace("a", "b")\n    return t', APPLY, { inner: true }],
  [
    'an early return',
    'def clean(t):\n    if t.startswith("a"):\n        return t.replace("a", "")\n    return t.replace("b", "")',
    APPLY,
    { inner: false },
  ],
  [
    'a branch',
    'def clean(t):\n    if len(t) > 5:\n        t = t.replace("a", "b")\n    return t',
    APPLY,
    { inner: false },
  ],
  [
    'a literal in one branch',
    'def clean(t):\n    if len(t) < 5:\n        return "short"\n    return t',
    APPLY,
    { inner: false },
  ],
  [
    'literals alone',
    'def clean(t):\n    if len(t) < 5:\n        return "short"\n    return "long"',
    APPLY,
    { inner: false },
  ],
  [
    'a keyword',
    OPTIONS,
    'df["t"] = df["text"].apply(clean, lower=False)',
    { args: [{ name: 'lower', value: false }] },
  ],
  [
    'args=',
    OPTIONS,
    'df["t"] = df["text"].apply(clean, args=(False,))',
    { args: [{ name: undefined, value: false }] },
  ],
  [
    'places',
    OPTIONS,
    'df["t"] = [clean(x, False, end="!") for x in df["text"]]',
    {
      args: [
        { name: undefined, value: false },
        { name: 'end', value: '!' },
      ],
    },
  ],
  ['a constant', OPTIONS, 'df["t"] = df["text"].apply(lambda x: x).map(lambda x: clean(x, end=SIZE))', {}],
  ['what is computed', OPTIONS, 'df["t"] = df["text"].apply(clean, end=choose())', 'other'],
  [
    'the text second',
    'def clean(stop, t):\n    return t',
    'df["t"] = df["text"].apply(lambda x: clean("a", x) + "b")',
    {},
  ],
  [
    'the text second, in a list',
    'def clean(stop, t):\n    return t.lower()',
    'df["t"] = [clean("a", x) for x in df["text"]]',
    'other',
  ],
  ['starred', OPTIONS, 'df["t"] = [clean(x, **options) for x in df["text"]]', 'other'],
] as const)
  test(`a function of the notebook with ${name} is taken as it is called`, async () => {
    const text = (await recipeOf(CALL(fn, by))).text!.value;
    if (expected === 'other') return assert.equal(text.op, 'other');
    assert.equal(text.op, 'call');
    if (text.op !== 'call') return;
    if ('inner' in expected) assert.equal(text.inner !== undefined, expected.inner);
    if ('args' in expected) assert.deepEqual(text.args, expected.args);
  });

test('a test of a row with branches is not the test of one of them', async () => {
  const { steps } = await recipeOf(
    CALL(
      'def keep(r):\n    if r["vip"] == "y":\n        return True\n    return r["a"] > 5',
      'df = df[df.apply(keep, axis=1)]\ndf["t"] = df["text"]',
    ),
  );
  assert.deepEqual(
    steps.map(({ value }) => value.op === 'filter' && value.condition.op),
    ['other'],
  );
});

const CHUNK =
  'def chunk(text, size=100, overlap=0):\n    return [text[i:i + size] for i in range(0, len(text), size - overlap)]';
for (const [by, args] of [
  [
    'lambda t: chunk(t, size=SIZE, overlap=20)',
    [
      { name: 'size', value: 200 },
      { name: 'overlap', value: 20 },
    ],
  ],
  ['chunk', undefined],
  ['lambda t: chunk(t, choose())', 'asked'],
] as const)
  test(`a function that cuts: ${by}`, async () => {
    const { split, questions } = await recipeOf(
      CALL(CHUNK, `df["t"] = df["text"].apply(${by})\ndf = df.explode("t")`),
    );
    assert.equal(split?.value.function, args === 'asked' ? undefined : 'chunk');
    assert.equal(
      questions.some(({ about }) => about === 'split'),
      args === 'asked',
    );
    if (args !== 'asked') assert.deepEqual(split?.value.args, args);
  });

const OWN = (head: string, call: string) => `
import pandas as pd
from transformers import AutoTokenizer, AutoModel
tok = AutoTokenizer.from_pretrained("m")
model = AutoModel.from_pretrained("m")
df = pd.read_csv("a.csv")
def embed(${head}):
    return model(**tok(texts, padding=True)).last_hidden_state.mean(1).tolist()
v = embed(${call})`;
for (const [head, call, expected] of [
  ['texts', 'df["text"].tolist()', { name: 'embed', takes: 'many' }],
  [
    'texts, pool="mean"',
    'df["text"].tolist(), pool="cls"',
    { name: 'embed', takes: 'many', args: [{ name: 'pool', value: 'cls' }] },
  ],
  ['model, tok, texts', 'model, tok, df["text"].tolist()', undefined],
] as const)
  test(`a function that embeds: embed(${call})`, async () => {
    const { model } = await recipeOf(OWN(head, call));
    assert.deepEqual(model?.value.function, expected);
  });

const NEEDS = (before: string, clean: string, after = '') =>
  recipeOf(`${before}
import pandas as pd
from sentence_transformers import SentenceTransformer
df = pd.read_csv("a.csv")
${clean}
${after}
vectors = SentenceTransformer("m").encode(df["t"].tolist())`);
const BY_STOP =
  'def clean(t):\n    return " ".join(w for w in t.split() if w not in STOP).title()\ndf["t"] = df["text"].apply(clean)';

for (const [code, taken] of [
  ['STOP.update(["x"])', true],
  ['STOP |= {"z"}', true],
  ['STOP["a"] = "b"', true],
  ['for w in ["q"]:\n    STOP.add(w)', true],
  ['if len(STOP) > 3:\n    STOP.clear()', true],
  ['del STOP["a"]', true],
  ['try:\n    STOP = load()\nexcept OSError:\n    pass', true],
  ['print(STOP)', false],
  ['OTHER.update(STOP)', false],
  ['def add(w):\n    STOP.add(w)', false],
] as const)
  test(`what changes a name that a function needs comes with it: ${code.replaceAll('\n', '; ')}`, async () => {
    const { functions } = await NEEDS(`STOP = {"a"}\n${code}`, BY_STOP);
    const slice = functions[0]!.slice.map(({ source }) => source);
    assert.deepEqual(slice.slice(0, -1), ['STOP = {"a"}', ...(taken ? [code] : [])]);
  });

test('imports in a try, names of a with, and imports from the future come with a function', async () => {
  const tried = 'try:\n    import regex as re\nexcept ImportError:\n    import re';
  const opened = 'with open("stop.txt") as f:\n    STOP = set(f.read().split())';
  const { functions } = await NEEDS(
    `from __future__ import annotations\n${tried}\n${opened}`,
    'def clean(t: str) -> str | None:\n    return re.sub("x", "", t).title() if t not in STOP else ""\ndf["t"] = df["text"].apply(clean)',
  );
  const [fn] = functions;
  assert.deepEqual(fn!.slice.map(({ source }) => source).slice(0, -1), [
    ...['from __future__ import annotations', tried, opened],
  ]);
  assert.deepEqual([fn!.missing, fn!.readsData], [[], true]);
});

test('a lambda over several lines stays one expression', async () => {
  const { functions } = await NEEDS(
    '',
    'df["t"] = df["text"].apply(\n    lambda t:\n        t.title()\n         .strip()\n)',
  );
  assert.match(functions[0]!.slice.at(-1)!.source, /^step = \(lambda t:\n[^)]*\(\)\n[^)]*\(\)\)$/);
});

for (const [name, between] of [
  ['a function', 'def clean(t):\n    return "!".join(t.split())'],
  ['what it needs', 'END = "?"\ndef tidy(t):\n    return END.join(t.split())'],
] as const)
  test(`two meanings of the name of ${name} are a question`, async () => {
    const again = /def (\w+)/.exec(between)![1];
    const { text, questions } = await NEEDS(
      'END = "."',
      'def clean(t):\n    return END.join(t.splitlines())\ndf["t"] = df["text"].apply(clean)',
      `${between}\ndf["t"] = df["t"].apply(${again})`,
    );
    assert.notEqual(text!.value.op === 'call' && text!.value.of.op, 'call');
    assert.ok(questions.some(({ about }) => about === 'text'));
  });

test('a function that needs what nothing defines is not called: what it does is said where that is known', async () => {
  const known = await NEEDS(
    '',
    'def clean(t: Foo):\n    return t.title()\ndf["t"] = df["text"].apply(clean)',
  );
  assert.equal(known.text!.value.op, 'method');
  const unknown = await NEEDS(
    '',
    'def clean(t):\n    return helper(t).title()\ndf["t"] = df["text"].apply(clean)',
  );
  assert.equal(unknown.text!.value.op, 'other');
  assert.ok(unknown.questions.some(({ about, text }) => about === 'function' && text.includes('helper')));
});
