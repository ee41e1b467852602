import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintNotebook } from '../lint.ts';
import { assertMarked } from '../testing/notebook.ts';

test('names that are defined below, or nowhere, are found once', () =>
  assertMarked(
    'use-before-def',
    `
# %%
import pandas as pd
df = pd.read_csv(path) # !
print(later) # !
print(later)
check_classes(df) # !
def clean(text):
    return pattern.sub('', text) # !

# %%
later = 1
path = 'a.csv'
`,
  ));

test('a package that is installed is not thereby imported', () =>
  assertMarked(
    'use-before-def',
    `
# %%
!pip install -qU pinecone-client
%pip install umap

# %%
pinecone.init(api_key='a') # !
`,
  ));

test('everything that Python, the notebook and the code define is known', () =>
  assertMarked(
    'use-before-def',
    `
# %%
import os.path, numpy as np
from a import (b as c, d)
x: int = 1
y, (z, *rest) = f = c(d)
for i, (j, k) in enumerate(rest):
    print(i, j, k)
with open('a') as handle, c() as (m, n):
    handle.read(m, n)
try:
    pass
except ValueError as error:
    print(error)
class A(d):
    size = 3
    double = size * 2
    def get(self, w=x, *args, **kwargs):
        return self, w, args, kwargs, A, late, __class__
def outer():
    inner = 1
    def nested():
        nonlocal inner
        inner += 1
        return inner
    return nested
def late():
    return defined_later
if (walrus := len(rest)) > 1:
    print(walrus)
squares = [p * q for p in rest for q in range(p) if q]
pairs = {key: value for key, value in zip(rest, rest)}
f = lambda s, t=x: s + t + os.path.sep
print(f'{x!r:>{y}}', np.pi, __name__, display, spark, get_ipython(), _)
def sets():
    global shared
    shared = 1
print(shared)

# %%
defined_later = 1
`,
  ));

for (const line of [
  'from pandas import *',
  "exec(open('a.py').read())",
  '%run helpers.ipynb',
  'globals()["df"] = 1',
])
  test(`nothing is said where names may come from elsewhere: ${line}`, async () => {
    const { findings } = await lintNotebook(`# %%\n${line}\nprint(df)`, {
      file: 'a.py',
      rules: ['use-before-def'],
    });
    assert.deepEqual(findings, []);
  });

test('what magics define is known', () =>
  assertMarked(
    'use-before-def',
    `
# %%
%%capture captured
print(1)

# %%
files = !ls
print(captured, files)

# %%
%%bigquery rows
SELECT 1

# %%
print(rows)
`,
  ));
