import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('apply and map over rows are found', () =>
  assertMarked(
    'row-wise',
    `
import pandas as pd
import numpy as np
df = pd.read_csv('a.csv')
df['n'] = df['text'].apply(lambda text: len(text.split())) # !
df['n'] = df.text.apply(len) # !
df['e'] = df.embedding.apply(eval).apply(np.array) # !
df['all'] = df.apply(lambda row: row.a + row.b, axis=1) # !
df['all'] = df.apply(join, axis='columns') # !
df['n'] = df['text'].map(lambda text: text.lower()) # !
df.applymap(str) # !
df['n'] = df['text'].progress_apply(clean) # !
def add(frame):
    frame['n'] = frame['text'].apply(len) # !
    return frame
lengths = list(map(len, df['text'])) # !
`,
  ));

test('loops over rows are found', () =>
  assertMarked(
    'row-wise',
    `
import pandas as pd
from tqdm import tqdm
from datasets import load_dataset
df = pd.read_csv('a.csv')
for index, row in df.iterrows(): # !
    pass
for row in tqdm(df.itertuples(), total=len(df)): # !
    pass
for text in df['text']: # !
    pass
for text in df.text.tolist(): # !
    pass
for i, text in enumerate(df['text'].values): # !
    pass
for a, b in zip(df['a'], df['b']): # !
    pass
for i in range(len(df)): # !
    pass
for i in range(0, df.shape[0]): # !
    pass
texts = [clean(row['text']) for _, row in df.iterrows()] # !
texts = [clean(text) for text in df['text']] # !
dataset = load_dataset('a/b', split='train')
for row in dataset: # !
    pass
for question in dataset['question']: # !
    pass
`,
  ));

test('work on whole columns, on groups, on columns, on cuts and on other lists is not', () =>
  assertMarked(
    'row-wise',
    `
import pandas as pd, torch
df = pd.read_csv('a.csv')
df['n'] = df['text'].str.len()
df['label'] = df['label'].map({'a': 0})
means = df.groupby('topic').apply(lambda group: group.mean())
for column in df.columns:
    pass
for name, group in df.groupby('topic'):
    pass
for topic in df['topic'].unique():
    pass
for i in range(0, len(df), 100):
    batch = df['text'][i:i + 100].tolist()
for index, row in df.head(3).iterrows():
    pass
results = table.search(query).limit(5).to_pandas()
for index, row in results.iterrows():
    pass
for index, row in data.head(n).iterrows():
    pass
for sentence, n in zip(sentences, lengths):
    pass
for i in range(n_clusters):
    pass
for text in texts:
    pass
names = [name for name in df['name']]
model.apply(init_weights)
df.apply(np.sum)
`,
  ));
