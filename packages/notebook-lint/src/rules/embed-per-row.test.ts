import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('an embedding for each row of a frame is found', () =>
  assertMarked(
    'embed-per-row',
    `
import pandas as pd
import openai
from openai.embeddings_utils import get_embedding
from sentence_transformers import SentenceTransformer
df = pd.read_csv('a.csv')
model = SentenceTransformer('a')
df['e'] = df.text.apply(lambda x: openai.Embedding.create(input=x)['data'][0]['embedding']) # !
df['e'] = df['text'].apply(lambda x: get_embedding(x, engine='a')) # !
df['e'] = df['text'].apply(get_embedding) # !
df['e'] = df['text'].apply(model.encode) # !
df['e'] = df.apply(lambda row: model.encode(row['text']), axis=1) # !
df['e'] = df['text'].map(lambda x: model.encode(x)) # !
def embed(text):
    text = text.replace('\\n', ' ')
    return openai.Embedding.create(input=[text])['data'][0]['embedding']
df['e'] = df['text'].apply(embed) # !
df['e'] = df['text'].apply(lambda x: embed(x)) # !
cache = {}
def cached(text):
    if text not in cache:
        cache[text] = embed(text)
    return cache[text]
df['e'] = df['text'].apply(cached) # !
`,
  ));

test('an embedding for each text of a loop or comprehension is found', () =>
  assertMarked(
    'embed-per-row',
    `
from openai import OpenAI
from sentence_transformers import SentenceTransformer
from langchain.embeddings import OpenAIEmbeddings
client = OpenAI()
model = SentenceTransformer('a')
vectors = []
for text in texts:
    vectors.append(model.encode(text)) # !
for doc in docs:
    content = doc['text'].strip()
    vector = client.embeddings.create(input=content, model='a').data[0].embedding # !
for path in paths:
    with open(path) as f:
        content = f.read()
    vector = client.embeddings.create(input=[content], model='a') # !
vectors = [model.encode(text) for text in texts] # !
vectors = [client.embeddings.create(input=[t], model='a').data[0].embedding for t in texts] # !
embeddings = OpenAIEmbeddings()
vectors = [embeddings.embed_query(text) for text in texts] # !
def get_embedding(text, model='a'):
    return client.embeddings.create(input=[text], model=model).data[0].embedding
for index, row in df.iterrows():
    vector = get_embedding(row['text']) # !
`,
  ));

test('batches, whole lists, single questions and a spelled-out handful are not', () =>
  assertMarked(
    'embed-per-row',
    `
import openai
import pandas as pd
from sentence_transformers import SentenceTransformer
model = SentenceTransformer('a')
df = pd.read_csv('a.csv')
vectors = model.encode(df['text'].tolist())
query = model.encode('late fees')
for i in range(0, len(texts), 100):
    batch = texts[i:i + 100]
    vectors += model.encode(batch).tolist()
    res = openai.Embedding.create(input=texts[i:i + 100], engine='a')
for batch in batched(texts, 100):
    model.encode(batch)
for question in ['late fees', 'lost card']:
    model.encode(question)
QUESTIONS = ['late fees', 'lost card']
for question in QUESTIONS:
    model.encode(question)
for name in models:
    SentenceTransformer(name).encode(texts)
df['n'] = df['text'].apply(len)
def embed_all(texts):
    return model.encode(texts)
embed_all(df['text'].tolist())
text.encode('utf-8')
tokenizer.encode(text)
codes = [tokenizer.encode(text) for text in texts]
`,
  ));
