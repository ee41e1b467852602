/** Sources, steps and texts, each on a few lines of a notebook. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { recipeOf, shown, stepsOf } from './testing/recipe.ts';

const EMBED = 'model = SentenceTransformer("all-MiniLM-L6-v2")\nvectors = model.encode';
const HEAD = 'import pandas as pd\nfrom sentence_transformers import SentenceTransformer\n';

const SOURCES: readonly (readonly [code: string, format: string, path: string | undefined])[] = [
  ['df = pd.read_csv("a.csv")', 'csv', 'a.csv'],
  ['from pathlib import Path\nDATA = Path("data")\ndf = pd.read_csv(DATA / "a.csv")', 'csv', 'data/a.csv'],
  ['import os\ndf = pd.read_csv(os.path.join("data", "a.csv"))', 'csv', 'data/a.csv'],
  ['CONFIG = {"path": "a.csv"}\ndf = pd.read_csv(CONFIG["path"])', 'csv', 'a.csv'],
  ['name = "x"\ndf = pd.read_csv(f"data/{name}.csv")', 'csv', 'data/x.csv'],
  ['df = pd.read_csv(choose())', 'csv', undefined],
  ['df = pd.read_json("a.json", lines=True)', 'jsonl', 'a.json'],
  ['df = pd.read_json("a.json")', 'json', 'a.json'],
  ['df = pd.read_parquet("a.parquet")', 'parquet', 'a.parquet'],
  ['df = pd.read_excel("a.xlsx")', 'excel', 'a.xlsx'],
  ['from datasets import load_dataset\ndf = load_dataset("acme/x", split="train")', 'dataset', 'acme/x'],
  [
    'import json\nwith open("t.json") as f:\n    rows = json.load(f)\ndf = pd.DataFrame(rows)',
    'json',
    't.json',
  ],
  ['import glob\ndf = pd.concat([pd.read_csv(f) for f in glob.glob("d/*.csv")])', 'csv', 'd/*.csv'],
  ['import glob\ndf = pd.concat(pd.read_csv(f) for f in sorted(glob.glob("d/*.csv")))', 'csv', 'd/*.csv'],
  [
    'from pathlib import Path\ndf = pd.concat([pd.read_csv(f) for f in Path("d").glob("*.csv")])',
    'csv',
    'd/*.csv',
  ],
  ['df = spark.read.parquet("s3://b/c")', 'parquet', 's3://b/c'],
  ['df = spark.read.option("header", True).csv("c.csv")', 'csv', 'c.csv'],
  ['df = spark.read.format("delta").load("/t")', 'delta', '/t'],
  ['df = spark.table("a.b")', 'table', 'a.b'],
];
for (const [code, format, path] of SOURCES)
  test(`source: ${code.split('\n').at(-1)}`, async () => {
    const { source } = await recipeOf(`${HEAD}${code}\n${EMBED}(df["text"].tolist())`);
    assert.deepEqual([source?.value.format, source?.value.path], [format, path]);
  });

test('options that say how a file is written are kept, with what they are named by', async () => {
  const { source } =
    await recipeOf(`${HEAD}SEP = ";"\ndf = pd.read_csv("a.csv", sep=SEP, encoding="latin-1", nrows=100)
${EMBED}(df["text"].tolist())`);
  assert.deepEqual(source?.value.options, { sep: ';', encoding: 'latin-1', nrows: 100 });
  assert.deepEqual(source?.origin, {
    ...{ cell: 0, line: 4, source: 'df = pd.read_csv("a.csv", sep=SEP, encoding="latin-1", nrows=100)' },
  });
});

const STEPS: readonly (readonly [code: string, steps: readonly string[]])[] = [
  ['df = df[df["a"] == "x"]', ['filter a == "x"']],
  ['df = df[df.a == "x"]', ['filter a == "x"']],
  ['df = df[(df["a"] > 1) & df.b.isin(["x", "y"])]', ['filter (a > 1 and b in ["x","y"])']],
  ['df = df[(df["a"] > 1) | (3 < df["b"])]', ['filter (a > 1 or b > 3)']],
  ['df = df[~df["a"].isin(["x"])]', ['filter not(a in ["x"])']],
  ['df = df.loc[df["a"] != "x"]', ['filter a != "x"']],
  ['df = df.loc[df["a"] >= 2, ["text", "a"]]', ['filter a >= 2']],
  ['df = df.query("a == \'x\' and b > 5")', ['filter (a == "x" and b > 5)']],
  ['limit = 5\ndf = df.query("b > @limit")', ['filter b > 5']],
  ['keep = df["a"].notna()\ndf = df[keep]', ['filter has a']],
  ['df = df[df["a"].str.len() > 20]', ['filter size(a) > 20']],
  ['df = df[df["a"].str.contains("fee", regex=False)]', ['filter a contains "fee"']],
  ['df = df[df["a"].str.contains("f.e")]', ['filter ?']],
  ['df = df[df["a"].str.contains("fee", case=False)]', ['filter ?']],
  ['df = df[df["a"].str.contains("fee", False)]', ['filter ?']],
  ['df = df.filter(items=["text", "a"]).filter(["text"]).filter(like="t")', []],
  ['df = df.filter(like="7", axis=0)', ['other filter']],
  ['df = df[df["a"].str.startswith("A")]', ['filter a startsWith "A"']],
  ['df = df[df["a"].between(1, 5)]', ['filter (a >= 1 and a <= 5)']],
  ['df = df[df["a"].apply(check)]', ['filter ?']],
  ['df = df.dropna(subset=["text", "a"])', ['drop_nulls text, a']],
  ['df = df.dropna()', ['drop_nulls all']],
  ['df.dropna(subset=["text"], inplace=True)', ['drop_nulls text']],
  ['df.dropna(subset=["text"])', []],
  ['df = df.drop_duplicates(subset="text")', ['dedupe text first']],
  ['df = df.drop_duplicates("text", keep="last")', ['dedupe text last']],
  ['df = df.drop_duplicates()', ['dedupe all first']],
  ['df = df.sample(1000, random_state=7)', ['sample random 1000 7']],
  ['df = df.sample(frac=0.1)', ['sample random 0.1 -']],
  ['df = df.head(50)', ['sample first 50 -']],
  ['df = df[:50]', ['sample first 50 -']],
  ['df.head(50)', []],
  ['shown = df[df["a"] == "x"]', []],
  ['df = df.merge(other, on="a")', ['other merge']],
  ['b = pd.read_csv("b.csv")\ndf = pd.concat([df, b])', ['other concat']],
  ['df = df.apply(lambda column: column.str.lower())', ['other apply']],
  ['try:\n    df = df[df["a"] == 1]\nexcept KeyError:\n    df = df[df["b"] == 1]', ['filter a == 1']],
  ['df = df.reset_index(drop=True).sort_values("a")', []],
  ['MIN = 3\ndf = df[df["a"] > MIN * 2]', ['filter a > 6']],
  ['if False:\n    df = df[df["a"] == "x"]', []],
  ['def keep(frame):\n    return frame[frame["a"] == 1]\ndf = keep(df)', ['filter a == 1']],
  ['df = df.pipe(lambda d: d[d["a"] == 1])', ['filter a == 1']],
  ['df = df.query(\'a != "x@b.com" and b > 5\')', ['filter (a != "x@b.com" and b > 5)']],
  ['df = df.query("a != \\"x@b.com\\"")', ['filter a != "x@b.com"']],
  ['df = df.drop(df[df["a"] < 0].index)', ['filter ?']],
  ['df = df.drop(index=[1, 2])', ['filter ?']],
  ['df = df.iloc[1000:]', ['filter ?']],
  ['df = df[::2]', ['filter ?']],
  ['df = df[:-5]', ['filter ?']],
  ['df = df.iloc[10:50]', ['sample first 40 -']],
  ['df = df[:]', []],
  ['df = df[::-1]', []],
  ['df = df.sample(frac=1, random_state=1)', []],
  ['df["text"] = df["text"].sample(frac=1)', []],
  [
    'b = pd.read_csv("b.csv")\ndf = df[df["a"] == 1]\ndf = pd.merge(df, b, on="id")',
    ['filter a == 1', 'other merge'],
  ],
  ['df = df[df["a"] == 1].nlargest(100, "b")', ['filter a == 1', 'other nlargest']],
  ['df = df.groupby("a").tail(1)', ['other groupby']],
  [
    'from sklearn.model_selection import train_test_split\ndf, test = train_test_split(df, test_size=0.2)',
    ['other train_test_split'],
  ],
  ['df = df.loc[lambda d: d["a"] > 20]', ['filter a > 20']],
  ['df = df.loc[lambda d: ask(d)]', ['filter ?']],
  ['mask = df.a.notna()\nmask &= df.b == "x"\ndf = df[mask]', ['filter (has a and b == "x")']],
  ['keep = pd.to_numeric(df.a) > 5\ndf = df[keep]', ['filter ?(a) > 5']],
  ['df = df.dropna(subset=["a"])\nkeep = ask()\ndf = df[keep]', ['drop_nulls a', 'filter ?']],
  ['df = df.drop(columns=["a"]).drop("b", axis=1).drop(["c"], axis="columns")', []],
  ['df = df[df["a"].dt.year >= 2023]', ['filter ?(a) >= 2023']],
  ['df = df[df["a"].str.get(0) == "x"]', ['filter ?(a) == "x"']],
  ['df = df[df["a"].str[0] == "x"]', ['filter ?(a) == "x"']],
  ['df = df[df["a"].str.join("") == "x"]', ['filter ?(a) == "x"']],
  ['df = df[df["a"].astype(int) == 5]', ['filter ?(a) == 5']],
  ['df = df[df["a"].astype(str) == "5"]', ['filter text(a) == "5"']],
  ['df = df[df["a"].item() > 3]', ['filter ?(a) > 3']],
];
for (const [code, steps] of STEPS)
  test(`step: ${code.replaceAll('\n', '; ')}`, async () => {
    const recipe = await recipeOf(`${HEAD}df = pd.read_csv("a.csv")\n${code}\n${EMBED}(df["text"].tolist())`);
    assert.deepEqual(stepsOf(recipe), steps);
  });

const ROWS = 'texts = []\nfor _, row in df.iterrows():\n    ';
const LOOPS: readonly (readonly [code: string, steps: readonly string[]])[] = [
  [
    `${ROWS}if row["a"] < 5:\n        continue\n    if len(row["text"]) < 20: continue\n    texts.append(row["text"])\n${EMBED}(texts)`,
    ['filter not(a < 5)', 'filter not(size(text) < 20)'],
  ],
  [
    `texts = []\nfor t, c in zip(df["text"], df["c"]):\n    if c == "x" and len(t) > 10:\n        texts.append(t)\n${EMBED}(texts)`,
    ['filter (c == "x" and size(text) > 10)'],
  ],
  [
    `model = SentenceTransformer("m")\nvs = []\n${ROWS}if row["c"] == "x":\n        vs.append(model.encode(row["text"]))`,
    ['filter c == "x"'],
  ],
  [
    `rows = []\nseen = set()\nfor r in df.to_dict("records"):\n    if r["text"] in seen: continue\n    rows.append({"text": r["text"]})\ndf2 = pd.DataFrame(rows)\n${EMBED}(df2["text"].tolist())`,
    ['filter ?'],
  ],
  [`${ROWS}if row["a"] > 9: break\n    texts.append(row["text"])\n${EMBED}(texts)`, ['filter ?']],
  [`${ROWS}if row["a"] > 9: print(row)\n    texts.append(row["text"])\n${EMBED}(texts)`, []],
  [
    `${ROWS}if row["a"] > 9: pass\n    else: texts.append(row["text"])\n${EMBED}(texts)`,
    ['filter not(a > 9)'],
  ],
  [`${ROWS}if row["a"] > 9: texts.append(row["t"])\n    else: texts.append(row["u"])\n${EMBED}(texts)`, []],
  [`${ROWS}if row["a"] > 9: texts += cut(row["t"])\n    else: texts.append(row["t"])\n${EMBED}(texts)`, []],
  [
    `${ROWS}if row["a"] > 9:\n        texts.append(row["t"][:9])\n        continue\n    texts.append(row["t"])\n${EMBED}(texts)`,
    ['other append'],
  ],
  [
    `${ROWS}texts.append(row["t"])\n    if row["a"] > 9: texts.append(row["t"])\n${EMBED}(texts)`,
    ['other if'],
  ],
  [
    `batch = []\nout = []\nmodel = SentenceTransformer("m")\nfor t in df["text"]:\n    batch.append(t)\n    if len(batch) == 64:\n        out.extend(model.encode(batch))`,
    [],
  ],
  [
    `S = False\nif S:\n    df = df[df.c == "x"].head(10)\nelse:\n    df = df[df.c == "y"]\n${EMBED}(df["text"].tolist())`,
    ['filter c == "y"'],
  ],
  [
    `N = None\nif N is not None and len(df) > N:\n    df = df[df.c == "x"]\n${EMBED}(df["text"].tolist())`,
    [],
  ],
  [`if ask():\n    df = df[df.c == "x"]\n${EMBED}(df["text"].tolist())`, ['other if']],
  [
    `df = df[df.b == 1]\nif ask():\n    df = df[df.c == "x"]\nelse:\n    df = df[df.c == "y"]\n${EMBED}(df["text"].tolist())`,
    ['filter b == 1', 'other if'],
  ],
  [`if ask():\n    df.dropna(inplace=True)\n${EMBED}(df["text"].tolist())`, ['other if']],
  [`if len(df) > 100:\n    df = df.sample(100)\n${EMBED}(df["text"].tolist())`, ['sample random 100 -']],
  [
    `if __name__ == "__main__":\n    df = df[df.c == "x"]\n    ${EMBED.replace('\n', '\n    ')}(df["text"].tolist())`,
    ['filter c == "x"'],
  ],
  [
    `first = True\nfor n in [1, 2]:\n    if first:\n        df = df[df.c == "x"]\n    first = False\n${EMBED}(df["text"].tolist())`,
    ['other if'],
  ],
];
for (const [code, steps] of LOOPS)
  test(`rows that a loop or a branch keeps: ${code.replaceAll('\n', '; ').slice(0, 110)}`, async () => {
    const recipe = await recipeOf(`${HEAD}df = pd.read_csv("a.csv")\n${code}`);
    assert.deepEqual(stepsOf(recipe), steps);
    assert.equal(recipe.source?.value.path, 'a.csv');
  });

const TEXTS: readonly (readonly [code: string, text: string])[] = [
  [`df["t"] = df.a.str.cat(df.b, sep=" ")\n${EMBED}(df["t"].tolist())`, '(a + " " + b)'],
  [`df["t"] = df.a.str.cat(df.b, na_rep="")\n${EMBED}(df["t"].tolist())`, '?(a, b)'],
  [`import numpy as np\ndf["t"] = np.where(df.a.isna(), df.b, df.a)\n${EMBED}(df["t"].tolist())`, '?(b, a)'],
  [`df["t"] = df["text"].str[:500:2]\n${EMBED}(df["t"].tolist())`, '?(text)'],
  [
    `${ROWS}if row["a"] > 9: texts.append(row["t"])\n    else: texts.append(row["u"])\n${EMBED}(texts)`,
    '?(t, u)',
  ],
  [`${ROWS}if row["a"] > 9: texts.append(row["t"])\n${EMBED}(texts)`, 't'],
  [`if ask():\n    df["text"] = df["text"].str.lower()\n${EMBED}(df["text"].tolist())`, '?(text)'],
  [`if ask():\n    t = df["a"]\nelse:\n    t = df["b"]\n${EMBED}(t.tolist())`, '?(a, b)'],
  [`${EMBED}(df["text"].tolist(), prompt="query: ")`, 'text'],
  [`df["t"] = df["text"].str.get(0)\n${EMBED}(df["t"].tolist())`, '?(text)'],
  [`${EMBED}(df["text"].tolist())`, 'text'],
  [`${EMBED}(df.text.values)`, 'text'],
  [`COLUMN = "body"\n${EMBED}(df[COLUMN].to_list())`, 'body'],
  [`df["t"] = df["title"] + "\\n\\n" + df["body"]\n${EMBED}(df["t"].tolist())`, '(title + "\\n\\n" + body)'],
  [`texts = (df.title + " " + df.body).tolist()\n${EMBED}(texts)`, '(title + " " + body)'],
  [`texts = [f"{a}: {b}" for a, b in zip(df["a"], df["b"])]\n${EMBED}(texts)`, '(text(a) + ": " + text(b))'],
  [`texts = [f"{{{a}}}" for a in df["a"]]\n${EMBED}(texts)`, '("{" + text(a) + "}")'],
  [`texts = []\nfor _, row in df.iterrows():\n    texts.append(row["title"])\n${EMBED}(texts)`, 'title'],
  [`texts = [row.title for row in df.itertuples()]\n${EMBED}(texts)`, 'title'],
  [`df["t"] = df["text"].str.lower().str.strip()\n${EMBED}(df["t"].tolist())`, 'strip(lower(text))'],
  [`df["t"] = df["text"].str.replace("\\n", " ")\n${EMBED}(df["t"].tolist())`, 'replace(text, "\\n", " ")'],
  [
    `df["t"] = df["text"].str.replace(r"\\d+", "", regex=True)\n${EMBED}(df["t"].tolist())`,
    'replace~(text, "\\\\d+", "")',
  ],
  [`df["t"] = df["text"].fillna("").str[:500]\n${EMBED}(df["t"].tolist())`, 'fill(text, "")[:500]'],
  [
    `import re\ndef clean(t):\n    return re.sub("x", "", t)\ndf["t"] = df["text"].apply(clean)\n${EMBED}(df["t"].tolist())`,
    '<clean>(text)',
  ],
  [`df["t"] = df.apply(lambda r: r["a"] + r["b"], axis=1)\n${EMBED}(df["t"].tolist())`, '<step>(row)'],
  [`df = df.rename(columns={"Body": "text"})\n${EMBED}(df["text"].tolist())`, 'Body'],
  [`df["t"] = df["a"]\ndf["t"] += " " + df["b"]\n${EMBED}(df["t"].tolist())`, '(a + " " + b)'],
  [`df.loc[df["a"] == 1, "text"] = "gone"\n${EMBED}(df["text"].tolist())`, '?(text)'],
  [`df = df.fillna("")\n${EMBED}((df["a"] + ": " + df["b"]).tolist())`, '(fill(a, "") + ": " + fill(b, ""))'],
  [`df.fillna({"a": "-"}, inplace=True)\n${EMBED}((df["a"] + df["b"]).tolist())`, '(fill(a, "-") + b)'],
  [`df["t"] = df["text"].str.split().str.join(" ")\n${EMBED}(df["t"].tolist())`, '?(text)'],
  [`df["t"] = df["text"].map(external)\n${EMBED}(df["t"].tolist())`, '?(text)'],
  [
    `out = []\nfor i in range(0, len(df), 64):\n    out.extend(SentenceTransformer("m").encode(df["text"][i:i + 64].tolist()))`,
    'text',
  ],
  [
    `model = SentenceTransformer("m")\ndef embed(texts):\n    return model.encode(texts)\ndf["e"] = list(embed(df["text"].tolist()))`,
    'text',
  ],
  [`model = SentenceTransformer("m")\ndf["e"] = df["text"].apply(lambda t: model.encode(t))`, 'text'],
  [`model = SentenceTransformer("m")\ndf["e"] = df["text"].progress_apply(model.encode)`, 'text'],
];
for (const [code, text] of TEXTS)
  test(`text: ${code.replaceAll('\n', '; ').slice(0, 90)}`, async () => {
    const recipe = await recipeOf(`${HEAD}df = pd.read_csv("a.csv")\n${code}`);
    assert.equal(shown(recipe.text?.value), text);
  });

test('comments, strings, markdown and cells of other languages are not read', async () => {
  const recipe = await recipeOf(`${HEAD}
# df = pd.read_csv("comment.csv")
note = """df = pd.read_csv("string.csv")"""
# %% [markdown]
# df = pd.read_csv("markdown.csv")
# %%
%%bash
df = pd.read_csv("bash.csv")
# %%
df = pd.read_csv("real.csv")
df = df  # df[df["a"] == 1]
${EMBED}(df["text"].tolist())`);
  assert.equal(recipe.source?.value.path, 'real.csv');
  assert.deepEqual(stepsOf(recipe), []);
});

test('columns by their part: id, time, and those that are named', async () => {
  const recipe = await recipeOf(`${HEAD}
df = pd.read_csv("a.csv")
df["when"] = pd.to_datetime(df["received"], format="%m/%d/%Y")
df = df[df["product"] == "card"]
df.groupby("state").size()
collection.add(ids=df["ticket"].astype(str).tolist(), embeddings=[])
${EMBED}(df["text"].tolist())`);
  assert.deepEqual(recipe.timestamp?.value, { column: 'received', format: '%m/%d/%Y' });
  assert.equal(recipe.id?.value, 'ticket');
  assert.deepEqual(
    recipe.columns.map(({ value }) => value),
    ['received', 'product', 'state', 'ticket', 'text'],
  );
});

test('columns with vectors are not among those that are kept', async () => {
  const { columns } = await recipeOf(
    `${HEAD}df = pd.read_csv("a.csv", usecols=["text", "text_embedding", "text vector", "emb2", "remembers"])\n${EMBED}(df["text"].tolist())`,
  );
  assert.deepEqual(
    columns.map(({ value }) => value),
    ['text', 'remembers'],
  );
});

for (const [code, id] of [
  ['df = df[["ticket_id", "text"]]', 'ticket_id'],
  ['df = df[["ticket_id", "customer_id", "text"]]', undefined],
  ['df = df.set_index("ref")', 'ref'],
  ['index.upsert(vectors=list(zip(df["ref"], vectors)))', 'ref'],
  ['index.upsert([{"id": row["ref"], "values": []} for _, row in df.iterrows()])', 'ref'],
  ['df = df[["text"]]', undefined],
] as const)
  test(`id: ${code}`, async () => {
    const recipe = await recipeOf(
      `${HEAD}df = pd.read_csv("a.csv")\nvectors = []\n${code}\n${EMBED}(df["text"].tolist())`,
    );
    assert.equal(recipe.id?.value, id);
  });

test('of several times and ids the first is taken, and the question says so', async () => {
  const { questions } = await recipeOf(
    `${HEAD}df = pd.read_csv("a.csv")\ndf["s"] = pd.to_datetime(df["s"])\ndf["t"] = pd.to_datetime(df["t"])\n${EMBED}(df["text"].tolist())`,
  );
  assert.deepEqual(
    questions.filter(({ about }) => about === 'timestamp').map(({ text }) => text),
    ['s, or t? The notebook has both; the first was taken.'],
  );
});
