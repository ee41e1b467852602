/** Whole notebooks of five shapes, and all that is to be read of them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { recipeOf } from './testing/recipe.ts';
import { type Summary, summaryOf } from './testing/summary.ts';

const SPARK = `# %%
from pyspark.sql import functions as F
from pyspark.sql.functions import pandas_udf
import pandas as pd
from sentence_transformers import SentenceTransformer

tickets = spark.read.parquet("s3://desk/tickets/")
tickets = tickets.filter(F.col("language") == "en").where("status <> 'spam' AND body IS NOT NULL")
tickets = tickets.withColumn("opened", F.to_timestamp(F.col("opened_at"), "MM/dd/yyyy"))
tickets = tickets.withColumn("full_text", F.concat_ws("\\n\\n", F.col("subject"), F.col("body")))
tickets = tickets.dropDuplicates(["ticket_id"])
# %%
model = SentenceTransformer("BAAI/bge-small-en-v1.5", revision="5c38ec7c")

@pandas_udf("array<float>")
def embed_udf(texts: pd.Series) -> pd.Series:
    return pd.Series(model.encode(texts.tolist(), normalize_embeddings=True).tolist())

embedded = tickets.withColumn("embedding", embed_udf(F.col("full_text")))
# %%
embedded.select("ticket_id", "queue", "embedding").write.mode("overwrite").parquet("s3://desk/embedded/")
`;

const POLARS = `# %%
import polars as pl
from fastembed import TextEmbedding

reviews = pl.read_csv("reviews.tsv", separator="\\t")
reviews = reviews.drop_nulls("review").filter(pl.col("stars") <= 3)
reviews = reviews.with_columns((pl.col("title") + " | " + pl.col("review")).alias("text"))
sample = reviews.sample(500, seed=1)
model = TextEmbedding("BAAI/bge-small-en-v1.5")
vectors = list(model.embed(sample["text"].to_list()))
`;

const LANGCHAIN = `# %%
import pandas as pd
from langchain_text_splitters import RecursiveCharacterTextSplitter
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document

CHUNK = 800
frame = pd.read_json("calls.jsonl", lines=True)
frame["started"] = pd.to_datetime(frame["started"])
splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=80)
documents = [
    Document(page_content=row["transcript"], metadata={"call_id": row["call_id"], "agent": row["agent"]})
    for _, row in frame.iterrows()
]
pieces = splitter.split_documents(documents)
store = FAISS.from_documents(pieces, HuggingFaceEmbeddings(model_name="sentence-transformers/all-mpnet-base-v2"))
store.similarity_search("cancelled contract", k=5)
`;

const HOSTED = `# %%
import os
import numpy as np
import pandas as pd
from openai import OpenAI
from sklearn.cluster import KMeans

client = OpenAI(api_key=os.environ["DESK_OPENAI_KEY"])
MODEL = "text-embedding-3-large"
surveys = pd.read_csv("surveys.csv", usecols=["respondent_id", "answer", "wave"])
surveys = surveys[surveys["answer"].str.len() >= 10].drop_duplicates(subset=["answer"])

def get_embedding(text):
    text = text.replace("\\n", " ")
    return client.embeddings.create(input=[text], model=MODEL, dimensions=1024).data[0].embedding

surveys["vector"] = surveys["answer"].apply(get_embedding)
surveys.to_parquet("surveys_vectors.parquet")
# %%
matrix = np.vstack(surveys["vector"].values)
surveys["topic"] = KMeans(n_clusters=15, random_state=3, n_init=1).fit_predict(matrix)
question = np.array(get_embedding("what do people miss?"))
scores = matrix @ question
best = np.dot(matrix, question)
`;

const OWN = `# %%
import re
import unicodedata
import pandas as pd
from sentence_transformers import SentenceTransformer, util

NOISE = re.compile(r"\\b(fwd|re):", re.I)
LIMIT = 2000

def normalise(text):
    return unicodedata.normalize("NFC", text)

def clean(text):
    return NOISE.sub("", normalise(text)).strip()[:LIMIT]

def paragraphs(text):
    pieces = []
    for part in text.split("\\n\\n"):
        if part.strip():
            pieces.append(part)
    return pieces

mails = pd.read_csv("mails.csv", sep=";", parse_dates=["sent"])
mails = mails[mails["folder"].isin(["inbox", "support"])]
mails["body_clean"] = mails["body"].apply(clean)
# %%
texts, owners = [], []
for row in mails.itertuples():
    for piece in paragraphs(row.body_clean):
        texts.append(piece)
        owners.append(row.message_id)
model = SentenceTransformer("multi-qa-mpnet-base-dot-v1")
vectors = model.encode(texts, batch_size=128, show_progress_bar=True)
for query in ["refund", "broken screen"]:
    hits = util.dot_score(model.encode(query), vectors)
`;

const NONE = { id: undefined, time: undefined, split: undefined, metric: undefined, clustering: undefined };

const NOTEBOOKS: Readonly<Record<string, readonly [code: string, expected: Summary]>> = {
  Spark: [
    SPARK,
    {
      ...NONE,
      source: 'parquet s3://desk/tickets/ (cell 0)',
      steps: ['filter language == "en"', 'filter (status != "spam" and has body)', 'dedupe ticket_id first'],
      text: '(subject + "\\n\\n" + body)',
      id: 'ticket_id',
      time: 'opened_at',
      columns: 'language, status, body, opened_at, subject, ticket_id, queue',
      model: 'sentence-transformers BAAI/bge-small-en-v1.5',
      outputs: ['s3://desk/embedded/'],
      queries: [],
    },
  ],
  polars: [
    POLARS,
    {
      ...NONE,
      source: 'csv reviews.tsv (cell 0)',
      steps: ['drop_nulls review', 'filter stars <= 3', 'sample random 500 1'],
      text: '(title + " | " + review)',
      columns: 'review, stars, title',
      model: 'fastembed BAAI/bge-small-en-v1.5',
      outputs: [],
      queries: [],
    },
  ],
  LangChain: [
    LANGCHAIN,
    {
      ...NONE,
      source: 'jsonl calls.jsonl (cell 0)',
      steps: [],
      text: 'transcript',
      id: 'call_id',
      time: 'started',
      columns: 'started, transcript, call_id, agent',
      split: 'RecursiveCharacterTextSplitter 800',
      model: 'langchain-huggingface sentence-transformers/all-mpnet-base-v2',
      outputs: [],
      queries: ['cancelled contract'],
    },
  ],
  hosted: [
    HOSTED,
    {
      ...NONE,
      source: 'csv surveys.csv (cell 0)',
      steps: ['filter size(answer) >= 10', 'dedupe answer first'],
      text: 'replace(answer, "\\n", " ")',
      id: 'respondent_id',
      columns: 'respondent_id, answer, wave',
      model: 'openai text-embedding-3-large',
      metric: 'dot',
      clustering: 'KMeans 15',
      outputs: ['surveys_vectors.parquet'],
      queries: ['what do people miss?'],
    },
  ],
  'own functions': [
    OWN,
    {
      ...NONE,
      source: 'csv mails.csv (cell 0)',
      steps: ['filter folder in ["inbox","support"]'],
      text: '<clean>(body)',
      id: 'message_id',
      time: 'sent',
      columns: 'sent, folder, body, message_id',
      split: 'paragraphs -',
      model: 'sentence-transformers multi-qa-mpnet-base-dot-v1',
      metric: 'dot',
      outputs: [],
      queries: ['refund', 'broken screen'],
    },
  ],
};

for (const [name, [code, expected]] of Object.entries(NOTEBOOKS))
  test(`all that a notebook with ${name} says is read`, async () => {
    assert.deepEqual(summaryOf(await recipeOf(code)), expected);
  });
