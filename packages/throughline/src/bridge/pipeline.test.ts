/** What is written for a notebook: settings with their origins, questions, programs, and a config that loads. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { type Recipe, readRecipe } from '@throughline/notebook-lint';
import { type Config, parseConfig } from '../config/index.ts';
import { configText } from './config-text.ts';
import { type PipelinePlan, type PlanInput, pipelinePlan } from './pipeline-plan.ts';
import { programFiles } from './program-text.ts';

const HEAD = `import pandas as pd
from sentence_transformers import SentenceTransformer
df = pd.read_csv("a.csv")
`;
const EMBED =
  'vectors = SentenceTransformer("all-MiniLM-L6-v2", revision="abc").encode(df["text"].tolist())\n';

interface Planned {
  recipe: Recipe;
  plan: PipelinePlan;
  yaml: string;
  config: Config;
}

async function planned(code: string, change: Partial<PlanInput> = {}): Promise<Planned> {
  const recipe = await readRecipe(`# %%\n${code}`, { file: 'notebook.py' });
  const input = { recipe, name: 'test', lake: './lake', source: undefined, looked: undefined, answers: {} };
  const plan = pipelinePlan({ ...input, ...change });
  const yaml = configText(plan, 'notebook.py');
  return {
    recipe,
    plan,
    yaml,
    config: parseConfig(yaml, 'throughline.yaml', { env: { GATEWAY: 'http://127.0.0.1/v1' } }),
  };
}

test('a model of a hub in fp32, at the revision of the notebook, cut where the notebook cuts', async () => {
  const { config, yaml } = await planned(HEAD + EMBED);
  assert.equal(config.embed.model, 'hub:sentence-transformers/all-MiniLM-L6-v2@abc');
  assert.deepEqual([config.split.mode, config.split.maxTokens], ['truncate', 256]);
  assert.match(yaml, /# Cheaper, and in the package: model: minilm/);
  assert.match(yaml, / {2}# from cell 0, line 3: df = pd\.read_csv\("a\.csv"\)\n {2}path: a\.csv\n/);
});

const CASES: readonly (readonly [
  name: string,
  code: string,
  check: (made: Planned) => unknown,
  expected: unknown,
])[] = [
  [
    'a model without a revision',
    `${HEAD}SentenceTransformer("all-MiniLM-L6-v2").encode(df["text"].tolist())`,
    ({ yaml }) => /# QUESTION: Which revision\?/.test(yaml),
    true,
  ],
  [
    'an address from the environment',
    `import os\nfrom openai import OpenAI\n${HEAD}client = OpenAI(base_url=os.environ["GATEWAY"], api_key=os.environ["KEY"])\nclient.embeddings.create(model="text-embedding-3-small", input=df["text"].tolist())`,
    ({ config, yaml }) => [config.embed.url, yaml.includes(`\${GATEWAY}`)],
    ['http://127.0.0.1/v1', true],
  ],
  [
    'an address that is computed',
    `from openai import OpenAI\n${HEAD}client = OpenAI(base_url=address())\nclient.embeddings.create(model="text-embedding-3-small", input=df["text"].tolist())`,
    ({ yaml }) => /# QUESTION: Which address\? The notebook computes it\./.test(yaml),
    true,
  ],
  [
    'a dot product of raw vectors',
    `${HEAD}from sentence_transformers import util\nv = SentenceTransformer("multi-qa-mpnet-base-dot-v1", revision="r").encode(df["text"].tolist())\nutil.dot_score(v, v)`,
    ({ config }) => config.embed.normalize,
    false,
  ],
  [
    'a dot product of vectors of length 1',
    `${HEAD}from sentence_transformers import util\nv = SentenceTransformer("all-MiniLM-L6-v2", revision="r").encode(df["text"].tolist())\nutil.dot_score(v, v)`,
    ({ config }) => config.embed.normalize,
    undefined,
  ],
  [
    'a model that wants prefixes, of a notebook that gives none',
    `${HEAD}SentenceTransformer("intfloat/e5-small-v2", revision="r").encode(df["text"].tolist())`,
    ({ config: { embed } }) => [embed.queryPrefix, embed.passagePrefix],
    ['', ''],
  ],
  [
    'an API',
    `${HEAD}from openai import OpenAI\nOpenAI().embeddings.create(input=df["text"].tolist(), model="text-embedding-3-small", dimensions=256)`,
    ({ config: { embed, split } }) => [embed.model, embed.dimension, embed.keyVariable, split.mode],
    ['openai:text-embedding-3-small', 256, undefined, 'none'],
  ],
  [
    'Azure',
    `${HEAD}import os\nfrom openai import AzureOpenAI\nc = AzureOpenAI(api_key=os.environ["AZ"], azure_endpoint="https://x.openai.azure.com/", api_version="2024-06-01")\nc.embeddings.create(input=df["text"].tolist(), model="dep")`,
    ({ config: { embed } }) => [embed.url, embed.keyHeader, embed.keyVariable],
    ['https://x.openai.azure.com/openai/deployments/dep/embeddings?api-version=2024-06-01', 'api-key', 'AZ'],
  ],
  ...[
    `OpenAI(base_url=f"https://{os.environ['HOST']}/v1")`,
    'OpenAI(base_url=os.environ["HOST"] + "/v1")',
    'OpenAI(base_url=address())',
    'OpenAI(**options)',
  ].map(
    (client) =>
      [
        `an address that is computed: ${client}`,
        `${HEAD}import os\nfrom openai import OpenAI\nc = ${client}\nc.embeddings.create(input=df["text"].tolist(), model="text-embedding-3-small")`,
        ({ config, yaml }: Planned) => [config.embed.url, /# QUESTION: Which address\?/.test(yaml)],
        ['http://127.0.0.1:1/v1', true],
      ] as const,
  ),
  [
    'an address of the module',
    `${HEAD}import openai\nopenai.api_base = "http://gw.x/v1"\nopenai.Embedding.create(input=df["text"].tolist(), model="text-embedding-3-small")`,
    ({ config }) => config.embed.url,
    'http://gw.x/v1',
  ],
  ...(
    [
      ['" ".join(words[i:i + 50]) for i in range(0, len(words), 50)', true],
      ['text[i:i + 50] for i in range(0, len(text), 50)', false],
    ] as const
  ).map(
    ([pieces, isAsked]) =>
      [
        `a function that cuts: ${pieces.slice(0, 12)}`,
        `${HEAD}def chunk(text):\n    words = text.split()\n    return [${pieces}]\ndf["c"] = df["text"].apply(chunk)\nx = df.explode("c")\n${EMBED.replace('df["text"]', 'x["c"]')}`,
        ({ config, yaml }: Planned) => [config.split.command, /# QUESTION: Do its passages stand/.test(yaml)],
        [['python3', 'split.py'], isAsked],
      ] as const,
  ),
  [
    'a deployment with spaces, of an address with more than a host',
    `${HEAD}from openai import AzureOpenAI\nc = AzureOpenAI(azure_endpoint="https://x.openai.azure.com/?a=b#c", api_version="2024-06-01")\nc.embeddings.create(input=df["text"].tolist(), model="my deploy/ment?x")`,
    ({ config: { embed } }) => [embed.model, embed.url],
    [
      'openai:my-deploy/ment?x',
      'https://x.openai.azure.com/openai/deployments/my%20deploy%2Fment%3Fx/embeddings?api-version=2024-06-01',
    ],
  ],
  ...(
    [
      ['"./models/mine"', "The notebook's model is the folder ./models/mine"],
      ['"bert-base-uncased"', 'Which model is "bert-base-uncased"?'],
    ] as const
  ).map(
    ([name, question]) =>
      [
        `a model ${name}`,
        `${HEAD}import os\ndef embed(texts):\n    return SentenceTransformer(${name}).encode(texts)\nv = embed(df["text"].tolist())`,
        ({ config, yaml }: Planned) => [config.embed.model, yaml.includes(`# QUESTION: ${question}`)],
        ['minilm', true],
      ] as const,
  ),
  [
    'a model whose name is computed, by the function of the notebook',
    `${HEAD}import os\ndef embed(texts):\n    return SentenceTransformer(os.environ["MODEL"]).encode(texts)\nv = embed(df["text"].tolist())`,
    ({ plan, yaml }) => [plan.programs.embed?.function, /# QUESTION: Which model is it\?/.test(yaml)],
    ['embed', true],
  ],
  [
    'a program with the settings of the model',
    `${HEAD}m = SentenceTransformer("distiluse-base-multilingual-cased-v2", revision="r1")\nm.max_seq_length = 64\nv = m.encode(["passage: " + t for t in df["text"]], normalize_embeddings=True)`,
    ({ plan, config }) => [
      plan.programs.embed?.lines.filter((line) => /model/.test(line)),
      config.embed.passagePrefix,
    ],
    [
      [
        'model = SentenceTransformer("distiluse-base-multilingual-cased-v2", revision="r1")',
        'model.max_seq_length = 64',
        '    return model.encode(texts, normalize_embeddings=True)',
      ],
      'passage: ',
    ],
  ],
  [
    'a program with the instruction of questions',
    `import pandas as pd\nfrom FlagEmbedding import FlagModel\ndf = pd.read_csv("a.csv")\nm = FlagModel("BAAI/bge-small-en-v1.5", query_instruction_for_retrieval="Ask: ")\nv = m.encode(df["text"].tolist())`,
    ({ config: { embed } }) => [embed.command, embed.queryPrefix],
    [['python3', 'embed.py'], 'Ask: '],
  ],
  [
    'a model with the bare name of the library',
    `${HEAD}SentenceTransformer("paraphrase-albert-small-v2", revision="r").encode(df["text"].tolist())`,
    ({ config }) => config.embed.model,
    'hub:sentence-transformers/paraphrase-albert-small-v2@r',
  ],
  [
    'a filter with a number',
    `${HEAD}df = df[df["Unit Price"] > 5]\n${EMBED}`,
    ({ config: { source } }) => [source.filter, source.attributes],
    ['unit_price > 5.0', [{ unit_price: { column: 'Unit Price', type: 'double' } }]],
  ],
  [
    'a filter that cannot be said',
    `${HEAD}df = df[df["text"].apply(is_good)]\n${EMBED}`,
    ({ config, yaml }) => [
      config.source.filter,
      /# QUESTION: A filter cannot say exactly the same as cell 0, line 4/.test(yaml),
    ],
    [undefined, true],
  ],
  [
    'a filter of a time that is not the time of the record',
    `${HEAD}df["t"] = pd.to_datetime(df["t"])\ndf["u"] = pd.to_datetime(df["u"], format="%m/%d/%Y")\ndf = df[df["u"] >= "2023-01-01"]\n${EMBED}`,
    ({ config, yaml }) => [config.source.filter, /cannot say exactly the same as cell 0, line 6/.test(yaml)],
    [undefined, true],
  ],
  [
    'a filter of polars, which leaves rows out where there is nothing',
    `import polars as pl\nfrom sentence_transformers import SentenceTransformer\ndf = pl.read_csv("a.csv")\ndf = df.filter(pl.col("a") != "x")\n${EMBED.replace('tolist', 'to_list')}`,
    ({ config }) => config.source.filter,
    'has(a) && a != "x"',
  ],
  [
    'a filter of pandas on what polars has read',
    `import polars as pl\nfrom sentence_transformers import SentenceTransformer\ndf = pl.read_csv("a.csv").to_pandas()\ndf = df[df["a"] != "x"]\n${EMBED}`,
    ({ config }) => config.source.filter,
    'a != "x"',
  ],
  [
    'columns whose names become the same',
    `${HEAD}df = df[df["Cat"] == "x"]\ndf = df[df["cat"] == "y"]\ndf = df[df["Text"] == "z"]\n${EMBED}`,
    ({ config: { source } }) => [source.filter, source.attributes],
    ['cat == "x" && cat_2 == "y" && text_2 == "z"', [{ cat: 'Cat' }, { cat_2: 'cat' }, { text_2: 'Text' }]],
  ],
  [
    'columns named like words of CEL',
    `${HEAD}df = df[df["in"] != "x"]\ndf = df[df["true"] != "x"]\n${EMBED}`,
    ({ config: { source } }) => [source.filter, source.attributes],
    ['c_in != "x" && c_true != "x"', [{ c_in: 'in' }, { c_true: 'true' }]],
  ],
  [
    'a filter that CEL refuses',
    `${HEAD}df = df[df.cat.isin([1, "a"])]\ndf = df[df.b == "x"]\n${EMBED}`,
    ({ config, plan }) => [
      config.source.filter,
      plan.settings
        .find(({ path }) => path[1] === 'filter')
        ?.questions?.map((question) => question.slice(-27)),
    ],
    ['b == "x"', ['df = df[df.cat.isin([1, "a"])]'.slice(-27)]],
  ],
  [
    'two filters, one with an or',
    `${HEAD}df = df[(df["a"] == "x") | (df["a"] == "y")]\ndf = df[df["b"].notna()]\n${EMBED}`,
    ({ config }) => config.source.filter,
    '(a == "x" || a == "y") && has(b)',
  ],
  [
    'nulls and duplicates',
    `${HEAD}df = df.dropna(subset=["text"]).drop_duplicates(subset=["text"])\n${EMBED}`,
    ({ config }) => config.transform,
    [{ drop_nulls: ['text'] }, { dedupe: 'text' }],
  ],
  [
    'a text of two columns',
    `${HEAD}df["both"] = df["a"] + "\\n\\n" + df["b"]\n${EMBED.replace('"text"', '"both"')}`,
    ({ config }) => [config.source.text, config.transform],
    [['a', 'b'], []],
  ],
  [
    'a text that is put together otherwise',
    `${HEAD}df["both"] = "A: " + df["a"] + " - " + df["the b"]\n${EMBED.replace('"text"', '"both"')}`,
    ({ config }) => config.transform,
    [{ sql: `SELECT 'A: ' || a || ' - ' || "the b" AS "the b", a FROM input` }],
  ],
  [
    'a sample',
    `${HEAD}df = df.sample(100, random_state=1)\n${EMBED}`,
    ({ plan }) => plan.changes.map(({ what }) => what),
    ['a sample of 100 rows (cell 0, line 4) -> the full history'],
  ],
  [
    'k-means with one start',
    `${HEAD}${EMBED}from sklearn.cluster import KMeans\nKMeans(n_clusters=7, random_state=3, n_init=1).fit(vectors)`,
    ({ config: { themes } }) => [themes.method, themes.count, themes.seed],
    ['kmeans', 7, 3],
  ],
  [
    'k-means on something else than the vectors',
    `${HEAD}${EMBED}from sklearn.cluster import KMeans\nKMeans(n_clusters=7, random_state=3, n_init=1).fit(df[["amount"]])`,
    ({ yaml }) => [/^themes:/m.test(yaml), /# QUESTION: Are themes wanted\? /.test(yaml)],
    [false, true],
  ],
  [
    'k-means on what was made of the vectors',
    `${HEAD}${EMBED}from sklearn.cluster import KMeans\nimport umap\nu = umap.UMAP().fit_transform(vectors)\nKMeans(n_clusters=7, random_state=3, n_init=1).fit(u)`,
    ({ config: { themes }, yaml }) => [themes.method, /# QUESTION: Labels differ/.test(yaml)],
    ['kmeans', true],
  ],
  [
    'k-means on vectors of a model that is replaced',
    `import pandas as pd\nfrom sklearn.feature_extraction.text import TfidfVectorizer\nfrom sklearn.cluster import KMeans\ndf = pd.read_csv("a.csv")\nX = TfidfVectorizer().fit_transform(df["text"])\nKMeans(n_clusters=8, random_state=0).fit(X)`,
    ({ config: { themes }, yaml }) => [
      themes.method,
      /Labels differ .* the vectors are not those of the notebook's model/.test(yaml),
    ],
    ['kmeans', true],
  ],
  [
    'a clustering without counterpart',
    `${HEAD}${EMBED}import hdbscan\nhdbscan.HDBSCAN(min_cluster_size=5).fit(vectors)`,
    ({ config: { themes } }) => themes.method,
    'leiden',
  ],
  [
    'a time with a format',
    `${HEAD}df["t"] = pd.to_datetime(df["day"], format="%d.%m.%Y")\n${EMBED}`,
    ({ config: { source } }) => [source.timestamp, source.format],
    ['day', 'd.M.yyyy'],
  ],
  [
    'a Delta table',
    `${HEAD}df = spark.read.format("delta").load("tables/tickets")\n${EMBED}`,
    ({ config: { source } }) => [source.type, source.path],
    ['delta', 'tables/tickets'],
  ],
  [
    'a dialect',
    `import pandas as pd\nfrom sentence_transformers import SentenceTransformer\ndf = pd.read_csv("a.csv", sep=";", encoding="cp1252")\n${EMBED}`,
    ({ config: { source } }) => [source.delimiter, source.encoding],
    [';', 'latin-1'],
  ],
  [
    'a file without a header, whose columns the notebook names',
    `import pandas as pd\nfrom sentence_transformers import SentenceTransformer\ndf = pd.read_csv("a.csv", header=None, names=["id", "text", "amount"], skiprows=3, quoting=3, decimal=",", on_bad_lines="error")\ndf = df[df.amount > 5]\n${EMBED}`,
    ({ config: { source }, yaml }) => [
      [source.header, source.text, source.filter],
      /# QUESTION: The notebook reads the file with skiprows=3, quoting=3, decimal=",", which/.test(yaml),
    ],
    [[false, 'column2', 'column3 > 5.0'], true],
  ],
  [
    'other names for the columns of a header',
    `import pandas as pd\nfrom sentence_transformers import SentenceTransformer\ndf = pd.read_csv("a.csv", header=0, names=["id", "text"])\n${EMBED}`,
    ({ config: { source }, yaml }) => [
      source.header,
      /# QUESTION: Which column of the file is which\?/.test(yaml),
    ],
    [undefined, true],
  ],
  ...(
    [
      ["f\"{row['title']} costs {row['amount']:.2f}\"", true],
      ['row["title"].lower() + ": " + row["amount"]', false],
    ] as const
  ).map(
    ([made, isAsked]) =>
      [
        `a function of a row: ${made}`,
        `${HEAD}def make(row):\n    return ${made}\ndf["t"] = df.apply(make, axis=1)\n${EMBED.replace('"text"', '"t"')}`,
        ({ yaml }: Planned) => [
          /command: \[python3, clean.py\]/.test(yaml),
          /# QUESTION: Does make need numbers\?/.test(yaml),
        ],
        [true, isAsked],
      ] as const,
  ),
  [
    'nothing',
    'x = 1',
    ({ config: { source, embed } }) => [source.path, source.text, embed.model],
    ['data.csv', 'text', 'minilm'],
  ],
  [
    'a path that would be a variable',
    `import pandas as pd\ndf = pd.read_csv("data/\${HOME}/a.csv")`,
    ({ config: { source } }) => source.path,
    'unknown',
  ],
  [
    'names that are no YAML',
    `${HEAD}df = df[["a: #b", "c]"]]\n${EMBED.replace('"text"', '"- x: {y"')}`,
    ({ config: { source } }) => [source.text, source.attributes],
    ['- x: {y', [{ a_b: 'a: #b' }, { c: 'c]' }]],
  ],
];
for (const [name, code, check, expected] of CASES)
  test(`config of ${name}`, async () => {
    assert.deepEqual(check(await planned(code)), expected);
  });

const SHARED = join(import.meta.dirname, '..', '..', '..', '..', '..', 'shared', 'notebooks');
const FIXTURES = join(import.meta.dirname, '..', '..', '..', 'notebook-lint', 'fixtures');
for (const folder of [FIXTURES, SHARED])
  test(`each notebook of ${folder.split('/').slice(-2).join('/')} gives a config that loads`, {
    skip: existsSync(folder) ? false : `there is no ${folder}`,
  }, async () => {
    for (const file of readdirSync(folder).filter((name) => /\.(ipynb|py)$/.test(name))) {
      const recipe = await readRecipe(readFileSync(join(folder, file), 'utf8'), { file });
      const named = { name: 'test', lake: './lake', source: undefined, looked: undefined, answers: {} };
      const plan = pipelinePlan({ recipe, ...named });
      parseConfig(configText(plan, file), file, { env: {} });
      for (const { name, text } of programFiles(plan, recipe, (statement) => statement)) compile(name, text);
    }
  });

/** Python's own parser has nothing against it. */
function compile(name: string, text: string): void {
  execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read(), sys.argv[1])', name], {
    input: text,
  });
}

const OWN = `${HEAD}
import re
URL = re.compile(r"https?://\\S+")
def clean(text):
    # as it is
    return URL.sub("", text).strip()
def pieces(text):
    found = []
    for part in text.split("\\n\\n"):
        found.append(part)
    return found
df["t"] = df["title"].fillna("-") + ": " + df["body"].apply(clean).str.lower()
parts = []
for t in df["t"]:
    parts.extend(pieces(t))
vectors = SentenceTransformer("all-MiniLM-L6-v2", revision="abc").encode(parts)
`;

/** What the kit does with one row or text, written out: the kit itself has its own tests. */
const KIT = `import json, sys
def rows(function): print(json.dumps(function(json.loads(sys.argv[1]))))
def split(function): print(json.dumps(list(function(json.loads(sys.argv[1])))))
`;

test('imports from the future stand before all others', async () => {
  const { plan, recipe } = await planned(
    `from __future__ import annotations\n${HEAD}KEY = "secret"\ndef clean(t):\n    return t.title() + KEY\ndf["text"] = df["text"].apply(clean)\n${EMBED}`,
  );
  const unsecret = (statement: string) => statement.replace('"secret"', 'os.environ["KEY"]');
  const text = programFiles(plan, recipe, unsecret)[0]!.text;
  assert.deepEqual(text.match(/^(from|import|KEY).*/gm), [
    ...['from __future__ import annotations', 'import os', 'KEY = os.environ["KEY"]'],
  ]);
});

test("programs give the notebook's functions the literals that it gives them", async () => {
  const { plan, recipe } = await planned(`import pandas as pd
import numpy as np
df = pd.read_csv("a.csv")
SIZE = 3
def chunk(text, size=100):
    return [text[i:i + size] for i in range(0, len(text), size)]
def embed(text, pool="mean"):
    v = np.zeros(8)
    v[0] = len(text)
    return v
df["t"] = df["text"].apply(lambda t: chunk(t, size=SIZE))
df = df.explode("t")
df["v"] = df["t"].apply(lambda t: embed(t, pool="max"))`);
  const files = programFiles(plan, recipe, (statement) => statement);
  const last = (name: string) =>
    files
      .find((file) => file.name === name)
      ?.text.trim()
      .split('\n')
      .at(-1);
  assert.equal(last('split.py'), 'mapper.split(lambda text: notebook.chunk(text, size=3))');
  assert.equal(last('embed.py'), 'mapper.embed_each(lambda text: notebook.embed(text, pool="max"))');
});

test("the notebook's own functions run as programs", async (t) => {
  const { plan, recipe } = await planned(OWN);
  const folder = await mkdtemp(join(tmpdir(), 'throughline-programs-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const files = programFiles(plan, recipe, (statement) => statement);
  assert.deepEqual(
    files.map(({ name }) => name),
    ['notebook_functions.py', 'clean.py', 'split.py'],
  );
  for (const { name, text } of [...files, { name: 'throughline_mapper.py', text: KIT }])
    await writeFile(join(folder, name), text);
  assert.ok(files[0]!.text.includes(OWN.slice(OWN.indexOf('def clean'), OWN.indexOf('\ndef pieces'))));
  const run = (program: string, given: unknown) =>
    JSON.parse(execFileSync('python3', [program, JSON.stringify(given)], { cwd: folder, encoding: 'utf8' }));
  assert.deepEqual(run('clean.py', { title: null, body: ' See HTTPS https://x.y/z NOW ' }), {
    body: '-: see https  now',
  });
  assert.deepEqual(run('clean.py', { title: 'A', body: null }), { body: null });
  assert.deepEqual(run('split.py', 'a\n\nb'), ['a', 'b']);
});

test('a comparison with a number is a question where the file has none', async () => {
  const column = (name: string, double: number) => ({
    name,
    double,
    boolean: 1 - double,
    filled: 1,
    length: 4,
    values: [],
  });
  const looked = {
    ...{ format: { type: 'csv' }, files: ['a.csv'], rows: 2, more: false },
    columns: [column('text', 0), column('flag', 0), column('n', 1)],
  } as unknown as PlanInput['looked'];
  const code = `${HEAD}df = df[df.flag == 1]\ndf = df[df.n == 1]\n${EMBED}`;
  const { config, yaml } = await planned(code, { looked });
  assert.equal(config.source.filter, 'n == 1.0');
  assert.match(yaml, /QUESTION: A filter cannot say exactly the same as cell 0, line 4/);
});
