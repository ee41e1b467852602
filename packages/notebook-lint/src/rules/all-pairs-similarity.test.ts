import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('everything against everything, or a query against every vector, is found', () =>
  assertMarked(
    'all-pairs-similarity',
    `
import numpy as np
import pandas as pd
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.feature_extraction.text import TfidfVectorizer
from sentence_transformers import SentenceTransformer, util
from openai.embeddings_utils import cosine_similarity as cos, distances_from_embeddings
model = SentenceTransformer('a')
texts = load()
vectors = model.encode(texts)
query = model.encode('late fees')
cosine_similarity(vectors) # !
cosine_similarity(vectors, vectors) # !
scores = cosine_similarity([query], vectors)[0] # !
for i in range(n):
    scores[i, :] = cosine_similarity([m[i]], m)[0] # !
tfidf = TfidfVectorizer().fit_transform(texts)
cosine_similarity(tfidf, tfidf) # !
util.cos_sim(query, vectors) # !
util.semantic_search(query, vectors, top_k=5) # !
np.dot(vectors, query) # !
scores = vectors @ vectors.T # !
df = pd.read_csv('a.csv')
df['similarity'] = df.embedding.apply(lambda x: cos(x, query)) # !
df['similarity'] = df['embedding'].apply(lambda x: np.dot(x, query)) # !
df['distance'] = distances_from_embeddings(query, df['embedding'].values) # !
`,
  ));

test('a query against every row of a loop is found', () =>
  assertMarked(
    'all-pairs-similarity',
    `
import pandas as pd
from scipy import spatial
from openai.embeddings_utils import cosine_similarity
def ranked(query, df, relatedness_fn=lambda x, y: 1 - spatial.distance.cosine(x, y)):
    q = embed(query)
    scores = [
        (row['text'], relatedness_fn(q, row['embedding'])) # !
        for i, row in df.iterrows()
    ]
    for i, row in df.iterrows():
        scores.append(cosine_similarity(q, row.vector)) # !
    return [cosine_similarity(a['embedding'], a['other']) for a in pairs]
`,
  ));

test('pairs, indexes and other products are not', () =>
  assertMarked(
    'all-pairs-similarity',
    `
import numpy as np
import pandas as pd
from sklearn.metrics.pairwise import cosine_similarity
from sentence_transformers import SentenceTransformer, util
model = SentenceTransformer('a')
a = model.encode('one text')
b = model.encode('another text')
cosine_similarity([a], [b])
cosine_similarity(a.reshape(1, -1), b.reshape(1, -1))
util.cos_sim(a, b)
np.dot(a, b)
weights @ inputs
index.query(vector=a, top_k=5)
collection.query(query_texts=['late fees'], n_results=5)
df = pd.read_csv('a.csv')
df['same'] = df.apply(lambda row: cosine_similarity([row.a], [row.b]), axis=1)
df['n'] = df['text'].apply(len)
`,
  ));
