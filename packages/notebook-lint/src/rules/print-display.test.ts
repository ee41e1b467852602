import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintNotebook } from '../lint.ts';
import { assertMarked, ipynb } from '../testing/notebook.ts';

test('print, display and their kin are found', () =>
  assertMarked(
    'print-display',
    `
from pprint import pprint
from IPython.display import display as show
import sys
print('a') # !
pprint(a) # !
show(a) # !
display(a) # !
spark.table('a').show() # !
def debug(x):
    if x:
        print(x) # !
print 'Python 2', a # !
`,
  ));

test('logs, files, comments and names of the notebook are not', () =>
  assertMarked(
    'print-display',
    `
# %%
import logging
logging.info('a')
# print('a')
print('a', file=handle)

# %%
def print(x):
    return x
print(1);
`,
  ));

test('without outputs to go by, expressions at the end of a cell are found if they have a value to show', () =>
  assertMarked(
    'print-display',
    `
# %%
import pandas as pd
df = pd.read_csv('a.csv')
df.head() # !

# %%
len(df), df.shape # !

# %%
df.drop(columns='a', inplace=True)

# %%
df['a'].value_counts();

# %%
model.fit(df)

# %%
def nothing():
    x = 1
nothing()

# %%
def something():
    return 1
something() # !

# %%
"""text"""

# %%
import matplotlib.pyplot as plt
plt.title('a')
`,
  ));

test('saved outputs prove what was shown', async () => {
  const cells = [
    { source: 'crawl(url)', count: 1, outputs: ['stream'] },
    { source: 'answer(question)', count: 2, outputs: ['execute_result'] },
    { source: 'import pandas as pd\ndf = pd.read_csv("a")\ndf.head()', count: 4 },
    { source: 'df.hist()', count: 3, outputs: ['execute_result', 'display_data'] },
  ];
  const { findings } = await lintNotebook(ipynb(cells), { file: 'a.ipynb', rules: ['print-display'] });
  assert.deepEqual(
    findings.map(({ cell, line }) => [cell, line]),
    [
      [1, 1],
      [2, 3],
    ],
  );
});
