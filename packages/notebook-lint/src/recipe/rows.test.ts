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
];
for (const [code, steps] of STEPS)
  test(`step: ${code.replaceAll('\n', '; ')}`, async () => {
    const recipe = await recipeOf(`${HEAD}df = pd.read_csv("a.csv")\n${code}\n${EMBED}(df["text"].tolist())`);
    assert.deepEqual(stepsOf(recipe), steps);
  });

const TEXTS: readonly (readonly [code: string, text: string])[] = [
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
