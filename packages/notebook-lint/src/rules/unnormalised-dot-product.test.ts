import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('the dot product of vectors that are not normalised is found', () =>
  assertMarked(
    'unnormalised-dot-product',
    `
import faiss
import numpy as np
from sentence_transformers import SentenceTransformer, util
model = SentenceTransformer('paraphrase-multilingual-MiniLM-L12-v2')
vectors = model.encode(texts)
query = model.encode('late fees')
scores = np.dot(vectors, query) # !
scores = vectors @ query # !
scores = util.dot_score(query, vectors) # !
index = faiss.IndexFlatIP(384)
index.add(vectors) # !
cosine = util.cos_sim(query, vectors)
flat = faiss.IndexFlatL2(384)
flat.add(vectors)
scaled = model.encode(texts, normalize_embeddings=True)
scores = np.dot(scaled, scaled[0])
other = SentenceTransformer('all-MiniLM-L6-v2').encode(texts)
scores = np.dot(other, other[0])
made_for_it = SentenceTransformer('multi-qa-mpnet-base-dot-v1').encode(texts)
scores = np.dot(made_for_it, made_for_it[0])
`,
  ));

test('nothing is said where the notebook normalises somewhere', () =>
  assertMarked(
    'unnormalised-dot-product',
    `
import numpy as np
from sentence_transformers import SentenceTransformer
vectors = SentenceTransformer('paraphrase-MiniLM-L6-v2').encode(texts)
vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
scores = vectors @ vectors[0]
`,
  ));
