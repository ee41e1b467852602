import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('a model that needs a prefix is found where no prefix is', () =>
  assertMarked(
    'wrong-prefix',
    `
from sentence_transformers import SentenceTransformer
NAME = 'intfloat/multilingual-e5-base'
model = SentenceTransformer(NAME)
vectors = model.encode(texts) # !
nomic = SentenceTransformer('nomic-ai/nomic-embed-text-v1.5', trust_remote_code=True)
vectors = nomic.encode(texts) # !
prompted = nomic.encode(texts, prompt='x')
other = SentenceTransformer('all-MiniLM-L6-v2').encode(texts)
instructed = SentenceTransformer('intfloat/e5-mistral-7b-instruct').encode(texts)
`,
  ));

for (const prefix of ["['passage: ' + text for text in texts]", "[f'query: {text}' for text in texts]"])
  test(`nothing is said where the notebook has the prefix: ${prefix}`, () =>
    assertMarked(
      'wrong-prefix',
      `
from sentence_transformers import SentenceTransformer
model = SentenceTransformer('intfloat/e5-small-v2')
vectors = model.encode(${prefix})
`,
    ));
