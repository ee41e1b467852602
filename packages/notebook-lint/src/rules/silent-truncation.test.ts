import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('rows that are cut are found', () =>
  assertMarked(
    'silent-truncation',
    `
import pandas as pd
from datasets import load_dataset
N = 1000
df = pd.read_csv('a.csv')
df = df.head(1000) # !
test = df.iloc[:25] # !
df = df[:N] # !
small = df.tail(N * 2) # !
df = df.sort_values('Time').tail(N) # !
df = pd.read_csv('a.csv', nrows=500) # !
df = df[df.n_tokens < 8000] # !
dataset = load_dataset('a/b', split='train[:500]') # !
few = load_dataset('a/b', split='train').select(range(100)) # !
for question in load_dataset('a/b', split='train')['question'][:20]: # !
    pass
rows = spark.read.parquet('a').limit(1000) # !
process(df['text'][:100]) # !
done = True
`,
  ));

test('texts that are cut or skipped are found', () =>
  assertMarked(
    'silent-truncation',
    `
import pandas as pd
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained('a', revision='b')
df = pd.read_csv('a.csv')
tokens = tokenizer(texts, padding=True, truncation=True, max_length=128) # !
tokens = tokenizer.encode(text, truncation=True) # !
df['text'] = df['text'].str[:800] # !
import tiktoken
LIMIT = 8191
def truncate(text, max_tokens=LIMIT):
    encoding = tiktoken.get_encoding('cl100k_base')
    return encoding.encode(text)[:max_tokens] # !
def embed(text):
    text = text[:2000] # !
    return model.encode(text)
for sentence, n_tokens in zip(sentences, counts):
    if n_tokens > max_tokens: # !
        continue
    chunk.append(sentence)
for text in texts:
    if len(text) > 8000: # !
        continue
    embed(text)
`,
  ));

test('what is only shown, answers of a search, batches and whole copies are not', () =>
  assertMarked(
    'silent-truncation',
    `
import pandas as pd
df = pd.read_csv('a.csv')
print(df.head(10))
print(text[:200])
display(df[:20])
print(f'{text[:500]} and more')
first = df.iloc[0]
rest = bin_edges[1:]
name = file[11:-4]
top = df.sort_values('score', ascending=False).head(10)
best = scores.argsort()[::-1][:10]
for i in range(0, len(df), 100):
    batch = df[i:i + 100]
    rows = dataset.select(range(i, i + 100))
snippet = text[:200]
copy = df[:]
shuffled = df.sample(frac=1, random_state=1)
tokens = tokenizer(texts, padding=True)
for text in texts:
    if len(text) > 8000:
        skipped += 1
        continue
    if not text:
        continue
if len(texts) > 100:
    print('many')
df.head()
`,
  ));
