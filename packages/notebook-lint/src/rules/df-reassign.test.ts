import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('a frame that another cell made and this one replaces is found, once a cell', () =>
  assertMarked(
    'df-reassign',
    `
# %%
import pandas as pd
df = pd.read_csv('a.csv')
other = pd.read_csv('b.csv')

# %%
df = df.dropna() # !
df = df[df.text != '']

# %%
df = pd.DataFrame(rows, columns=['text']) # !

# %%
other.drop(columns=['a'], inplace=True) # !
`,
  ));

test('new names, new columns, the same cell, branches, functions and small tables are not', () =>
  assertMarked(
    'df-reassign',
    `
# %%
import pandas as pd
df = pd.read_csv('a.csv')
df = df.dropna()
df.drop(columns=['a'], inplace=True)
example = pd.DataFrame({'text': ['a', 'b']})

# %%
df['n'] = df['text'].str.len()
clean = df.drop_duplicates()
example = pd.DataFrame({'text': ['c']})

# %%
def load(path):
    df = pd.read_csv(path)
    df = df.dropna()
    return df
try:
    import a
except ImportError:
    df = pd.read_csv('fallback.csv')
text = 'a'
text = 'b'
`,
  ));
