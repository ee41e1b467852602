/** Models, APIs, splitters, metrics and clusterings, each on a few lines of a notebook. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { ModelFact } from './recipe.ts';
import { recipeOf } from './testing/recipe.ts';

const HEAD =
  'import pandas as pd\nimport numpy as np\ndf = pd.read_csv("a.csv")\ntexts = df["text"].tolist()\n';
const ST = 'from sentence_transformers import SentenceTransformer\n';

const MODELS: readonly (readonly [code: string, facts: Partial<ModelFact>])[] = [
  [
    `${ST}model = SentenceTransformer("all-MiniLM-L6-v2")\nv = model.encode(texts)`,
    {
      library: 'sentence-transformers',
      where: 'local',
      name: 'all-MiniLM-L6-v2',
      revision: undefined,
      normalize: undefined,
      precision: undefined,
    },
  ],
  [
    `${ST}NAME = "intfloat/e5-small-v2"\nmodel = SentenceTransformer(NAME, revision="abc123")\nv = model.encode(texts, normalize_embeddings=True, batch_size=64)`,
    { name: 'intfloat/e5-small-v2', revision: 'abc123', normalize: true, batch: 64 },
  ],
  [
    `${ST}model = SentenceTransformer("m")\nmodel.max_seq_length = 128\nv = model.encode(texts, prompt="passage: ")`,
    { maxTokens: 128, passagePrefix: 'passage: ' },
  ],
  [
    `from sentence_transformers import SentenceTransformer, models\nbert = models.Transformer("org/m", max_seq_length=256, model_args={"revision": "abc"})\nmodel = SentenceTransformer(modules=[bert, models.Pooling(bert.get_word_embedding_dimension())])\nv = model.encode(texts)`,
    { library: 'sentence-transformers', name: 'org/m', revision: 'abc', maxTokens: 256, unscaled: true },
  ],
  [
    `from sentence_transformers import SentenceTransformer, models\nmodel = SentenceTransformer(modules=[models.Transformer("m"), models.Pooling(384), models.Normalize()])\nv = model.encode(texts)`,
    { name: 'm', unscaled: false },
  ],
  [`${ST}model = SentenceTransformer("m").half()\nv = model.encode(texts)`, { precision: 'fp16', name: 'm' }],
  [`${ST}model = SentenceTransformer("m")\nmodel.half()\nv = model.encode(texts)`, { precision: 'fp16' }],
  [
    `${ST}model = SentenceTransformer("m", model_kwargs={"torch_dtype": "float16"})\nv = model.encode(texts)`,
    { precision: 'float16' },
  ],
  [
    `${ST}from sklearn.preprocessing import normalize\nmodel = SentenceTransformer("m")\nv = normalize(model.encode(texts))`,
    { normalize: true },
  ],
  [
    `${ST}model = SentenceTransformer("m")\nv = model.encode(texts)\nv = v / np.linalg.norm(v, axis=1, keepdims=True)`,
    { normalize: true },
  ],
  [
    `from langchain_huggingface import HuggingFaceEmbeddings\ne = HuggingFaceEmbeddings(model_name="BAAI/bge-small-en-v1.5", encode_kwargs={"normalize_embeddings": True})\nv = e.embed_documents(texts)`,
    { library: 'langchain-huggingface', name: 'BAAI/bge-small-en-v1.5', normalize: true },
  ],
  [
    'from langchain_community.embeddings import HuggingFaceBgeEmbeddings\ne = HuggingFaceBgeEmbeddings()\nv = e.embed_documents(texts)',
    { name: 'BAAI/bge-large-en', queryPrefix: 'Represent this question for searching relevant passages: ' },
  ],
  [
    'from llama_index.embeddings.huggingface import HuggingFaceEmbedding\ne = HuggingFaceEmbedding()\nv = e.get_text_embedding_batch(texts)',
    {
      name: 'BAAI/bge-small-en',
      normalize: true,
      queryPrefix: 'Represent this question for searching relevant passages: ',
    },
  ],
  [
    'from langchain_huggingface import HuggingFaceEmbeddings\ne = HuggingFaceEmbeddings()\nv = e.embed_documents(texts)',
    { name: 'sentence-transformers/all-mpnet-base-v2', queryPrefix: undefined },
  ],
  [
    'from bertopic import BERTopic\nt = BERTopic(language="multilingual")\ntopics, _ = t.fit_transform(texts)',
    { library: 'BERTopic', name: 'paraphrase-multilingual-MiniLM-L12-v2' },
  ],
  [
    'from fastembed import TextEmbedding\nm = TextEmbedding(model_name="BAAI/bge-small-en-v1.5")\nv = list(m.embed(texts))',
    { library: 'fastembed', precision: 'quantised by the library' },
  ],
  [
    'from openai import OpenAI\nclient = OpenAI()\nv = client.embeddings.create(input=texts, model="text-embedding-3-small", dimensions=256)',
    {
      library: 'openai',
      where: 'api',
      name: 'text-embedding-3-small',
      dimension: 256,
      keyVariable: undefined,
    },
  ],
  [
    'import os\nfrom openai import OpenAI\nclient = OpenAI(api_key=os.environ["MY_KEY"], base_url="http://host/v1")\nv = client.embeddings.create(input=texts, model="bge")',
    { url: 'http://host/v1', keyVariable: 'MY_KEY', name: 'bge' },
  ],
  [
    'import os\nfrom openai import AzureOpenAI\nkey = os.getenv("AZ_KEY")\nclient = AzureOpenAI(api_key=key, api_version="2024-02-01", azure_endpoint="https://x.openai.azure.com")\nv = client.embeddings.create(input=texts, model="my-deployment")',
    {
      library: 'azure-openai',
      keyVariable: 'AZ_KEY',
      url: 'https://x.openai.azure.com',
      azure: { deployment: 'my-deployment', version: '2024-02-01' },
    },
  ],
  [
    'import cohere\nco = cohere.Client("k")\nv = co.embed(texts=texts, model="embed-english-v3.0")',
    { library: 'cohere', where: 'api', name: 'embed-english-v3.0' },
  ],
  [
    'from sklearn.feature_extraction.text import TfidfVectorizer\nv = TfidfVectorizer().fit_transform(texts)',
    { library: 'scikit-learn', name: 'TfidfVectorizer' },
  ],
  [
    `${ST}model = SentenceTransformer(pick())\nv = model.encode(texts)`,
    { library: 'sentence-transformers', name: undefined },
  ],
];
for (const [code, facts] of MODELS)
  test(`model: ${code.split('\n').at(-1)} of ${facts.library ?? facts.name ?? Object.keys(facts)[0]}`, async () => {
    const { model } = await recipeOf(HEAD + code);
    assert.ok(model);
    for (const [key, value] of Object.entries(facts))
      assert.deepEqual(model.value[key as keyof ModelFact], value, key);
  });

test('of two models the last counts, and the other is a question', async () => {
  const recipe = await recipeOf(
    `${HEAD}${ST}v = SentenceTransformer("first").encode(texts)\nw = SentenceTransformer("second").encode(texts)`,
  );
  assert.equal(recipe.model?.value.name, 'second');
  assert.deepEqual(
    recipe.model?.alternatives.map(({ value }) => value.name),
    ['first'],
  );
  assert.ok(recipe.questions.some(({ about, text }) => about === 'model' && /second, or first/.test(text)));
});

const SPLITS: readonly (readonly [code: string, split: unknown])[] = [
  [
    'from langchain_text_splitters import RecursiveCharacterTextSplitter\nsplitter = RecursiveCharacterTextSplitter(chunk_size=500, chunk_overlap=50)\npieces = [p for t in texts for p in splitter.split_text(t)]',
    {
      kind: 'library',
      name: 'RecursiveCharacterTextSplitter',
      function: 'split_text',
      size: 500,
      overlap: 50,
      unit: 'characters',
    },
  ],
  [
    'from langchain_text_splitters import TokenTextSplitter\nN = 200\nsplitter = TokenTextSplitter(chunk_size=N)\npieces = splitter.create_documents(texts)',
    {
      kind: 'library',
      name: 'TokenTextSplitter',
      function: 'split_text',
      size: 200,
      overlap: undefined,
      unit: 'tokens',
    },
  ],
  [
    'WORDS = 100\ndef cut(text):\n    words = text.split()\n    return [" ".join(words[i:i + WORDS]) for i in range(0, len(words), WORDS)]\npieces = []\nfor t in texts:\n    pieces.extend(cut(t))',
    { kind: 'function', name: 'cut', function: 'cut', size: undefined, overlap: undefined, unit: 'unknown' },
  ],
  ['pieces = texts', undefined],
];
for (const [code, split] of SPLITS)
  test(`split: ${code.split('\n').at(-1)}`, async () => {
    const recipe = await recipeOf(`${HEAD}${ST}${code}\nv = SentenceTransformer("m").encode(pieces)`);
    assert.deepEqual(recipe.split?.value, split);
    assert.equal(recipe.source?.value.path, 'a.csv');
  });

for (const [code, metric] of [
  ['from sklearn.metrics.pairwise import cosine_similarity\ns = cosine_similarity(v, v)', 'cosine'],
  ['from sentence_transformers import util\ns = util.cos_sim(v, v)', 'cosine'],
  ['from sentence_transformers import util\ns = util.dot_score(v, v)', 'dot'],
  ['s = np.dot(v, v.T)', 'dot'],
  ['s = np.dot(v[0], v[1]) / (np.linalg.norm(v[0]) * np.linalg.norm(v[1]))', 'cosine'],
  ['s = np.dot([1, 2], [3, 4])', undefined],
  ['import faiss\ni = faiss.IndexFlatIP(384)', 'dot'],
  ['import faiss\ni = faiss.IndexFlatL2(384)', 'l2'],
  ['pc.create_index("x", metric="dotproduct")', 'dot'],
  [
    'from qdrant_client import models\np = models.VectorParams(size=3, distance=models.Distance.COSINE)',
    'cosine',
  ],
  ['# cosine_similarity\nname = "cosine_similarity"', undefined],
] as const)
  test(`metric: ${code.split('\n').at(-1)}`, async () => {
    const { metric: found } = await recipeOf(
      `${HEAD}${ST}v = SentenceTransformer("m").encode(texts)\n${code}`,
    );
    assert.equal(found?.value, metric);
  });

for (const [code, clustering] of [
  [
    'from sklearn.cluster import KMeans\nk = KMeans(n_clusters=12, random_state=0, n_init=1).fit(v)',
    ['KMeans', 12, 0, true],
  ],
  [
    'from sklearn.cluster import KMeans\nk = KMeans(12, random_state=0, n_init="auto").fit(v)',
    ['KMeans', 12, 0, true],
  ],
  [
    'from sklearn.cluster import KMeans\nk = KMeans(n_clusters=12, random_state=0, n_init=10).fit(v)',
    ['KMeans', 12, 0, false],
  ],
  ['from sklearn.cluster import KMeans\nk = KMeans(n_clusters=12).fit(v)', ['KMeans', 12, undefined, false]],
  [
    'from sklearn.cluster import KMeans\nfor n in range(2, 9):\n    KMeans(n_clusters=n, random_state=0)\nk = KMeans(n_clusters=5, random_state=0).fit(v)',
    ['KMeans', 5, 0, true],
  ],
  [
    'from sklearn.cluster import KMeans\nk = KMeans(12, random_state=0)\nlabels = k.fit_predict(np.array(v))',
    ['KMeans', 12, 0, true],
  ],
  [
    'from sklearn.cluster import KMeans\nk = KMeans(12, random_state=0).fit(df[["a", "b"]])',
    ['KMeans', 12, 0, false, 'df[["a", "b"]]'],
  ],
  [
    'from sklearn.cluster import KMeans\nimport umap\nu = umap.UMAP(n_components=5).fit_transform(v)\nk = KMeans(12, random_state=0).fit(u)',
    ['KMeans', 12, 0, false],
  ],
  [
    'from sklearn.cluster import KMeans\nfrom sklearn.feature_extraction.text import TfidfVectorizer\nX = TfidfVectorizer().fit_transform(df["text"])\nv = m.encode(texts)\nk = KMeans(12, random_state=0).fit(X)',
    ['KMeans', 12, 0, false, 'X'],
  ],
  ['from sklearn.cluster import KMeans\nk = KMeans(12, random_state=0)', ['KMeans', 12, 0, false]],
  ['import hdbscan\nh = hdbscan.HDBSCAN(min_cluster_size=20)', ['HDBSCAN', undefined, undefined, false]],
  ['from bertopic import BERTopic\nb = BERTopic(nr_topics=10)', ['BERTopic', 10, undefined, false]],
] as const)
  test(`clustering: ${code.split('\n').at(-1)}`, async () => {
    const { clustering: found } = await recipeOf(
      `${HEAD}${ST}m = SentenceTransformer("m")\nv = m.encode(texts)\n${code}`,
    );
    const { method, count, seed, reproducible, parameters } = found!.value;
    const given = parameters.X === undefined ? [] : [parameters.X];
    assert.deepEqual([method, count, seed, reproducible, ...given], clustering);
  });

test('questions that are asked, and files that are written', async () => {
  const recipe = await recipeOf(`${HEAD}${ST}model = SentenceTransformer("m")
df["embedding"] = list(model.encode(texts))
df.to_parquet("out/results.parquet")
df.describe().to_csv("stats.csv")
def search(question, k=3):
    return model.encode(question) @ np.stack(df["embedding"]).T
search("late fees")
for q in ["lost card", "rude staff"]:
    search(q)
print("not a question")`);
  assert.deepEqual(
    recipe.queries.map(({ value }) => value),
    ['late fees', 'lost card', 'rude staff'],
  );
  assert.deepEqual(
    recipe.outputs.map(({ value }) => value),
    [{ path: 'out/results.parquet', format: 'parquet', vectors: true }],
  );
});

test('a prefix that is written into the texts is one of the model', async () => {
  const recipe = await recipeOf(`${HEAD}${ST}model = SentenceTransformer("intfloat/e5-small-v2")
v = model.encode([f"passage: {t}" for t in texts])
def search(q):
    return model.encode("query: " + q)
search("late fees")`);
  const { passagePrefix, queryPrefix } = recipe.model!.value;
  assert.deepEqual([passagePrefix, queryPrefix], ['passage: ', 'query: ']);
  assert.deepEqual(recipe.text?.value, { op: 'column', name: 'text' });
  assert.deepEqual(
    recipe.queries.map(({ value }) => value),
    ['late fees'],
  );
});
