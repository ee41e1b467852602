import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('vectors stacked, pickled or written as text are found', () =>
  assertMarked(
    'vectors-in-memory',
    `
import numpy as np
import pandas as pd
import pickle
from ast import literal_eval
from openai.embeddings_utils import get_embedding
df = pd.read_csv('a.csv')
df['embedding'] = df.text.apply(lambda x: get_embedding(x))
df.to_csv('a_with_embeddings.csv') # !
df.to_pickle('a.pkl') # !

# %%
again = pd.read_csv('a_with_embeddings.csv')
again['embedding'] = again.embedding.apply(literal_eval).apply(np.array) # !

# %%
matrix = np.vstack(df.embedding.values) # !
matrix = np.array(df['embedding'].tolist()) # !
np.save('vectors.npy', matrix) # !
with open('vectors.pkl', 'wb') as f:
    pickle.dump(matrix, f) # !
    pickle.dump(embedding_cache, f) # !
    pickle.dump(model, f)
`,
  ));

test('a cell that parses vectors and stacks them is reported once, where they come together', () =>
  assertMarked(
    'vectors-in-memory',
    `
import numpy as np
import pandas as pd
df = pd.read_csv('a.csv')
df['embedding'] = df.embedding.apply(eval).apply(np.array)
matrix = np.vstack(df.embedding.values) # !
`,
  ));

test('stores that forget, and indexes that are never saved, are found', () =>
  assertMarked(
    'vectors-in-memory',
    `
import chromadb
import faiss
from qdrant_client import QdrantClient
from langchain.vectorstores import FAISS, Chroma
from sentence_transformers import SentenceTransformer
client = chromadb.Client() # !
client = chromadb.EphemeralClient() # !
qdrant = QdrantClient(':memory:') # !
qdrant = QdrantClient(location=':memory:') # !
vectors = SentenceTransformer('a').encode(texts)
index = faiss.IndexFlatL2(384)
index.add(vectors) # !
store = FAISS.from_documents(documents, embeddings) # !
store = Chroma.from_texts(texts, embeddings) # !
`,
  ));

test('vectors that go to a store that keeps them are not', () =>
  assertMarked(
    'vectors-in-memory',
    `
import chromadb
from qdrant_client import QdrantClient
from langchain.vectorstores import Chroma
from sentence_transformers import SentenceTransformer
client = chromadb.PersistentClient(path='./chroma')
qdrant = QdrantClient(url='http://localhost:6333')
vectors = SentenceTransformer('a').encode(texts)
qdrant.upsert('a', points=zip(ids, vectors))
store = Chroma.from_texts(texts, embeddings, persist_directory='./chroma')
from llama_index.core import VectorStoreIndex
index = VectorStoreIndex.from_documents(documents, storage_context=context)
query = SentenceTransformer('a').encode('late fees')
`,
  ));

test('an index that is saved is not', () =>
  assertMarked(
    'vectors-in-memory',
    `
import faiss
from langchain.vectorstores import FAISS
index = faiss.IndexFlatIP(384)
index.add(vectors)
faiss.write_index(index, 'a.index')
store = FAISS.from_documents(documents, embeddings)
store.save_local('store')
`,
  ));

test('vectors that go nowhere are found; one vector and other arrays are not', () =>
  assertMarked(
    'vectors-in-memory',
    `
import numpy as np
import pandas as pd
from sentence_transformers import SentenceTransformer
model = SentenceTransformer('a')
df = pd.read_csv('a.csv')
vectors = model.encode(df['text'].tolist()) # !
query = model.encode('late fees')
few = model.encode(['late fees', 'lost card'])
scores = np.array(df['score'].tolist())
x = np.array([1, 2, 3])
df.to_csv('b.csv')
`,
  ));
