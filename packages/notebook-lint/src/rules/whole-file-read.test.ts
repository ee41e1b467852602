import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('readers of whole files are found', () =>
  assertMarked(
    'whole-file-read',
    `
import pandas as pd, polars as pl, numpy as np, json, pickle, csv
from pandas import read_csv
from pathlib import Path
pd.read_csv('a.csv') # !
read_csv('a.csv', sep=';') # !
pd.read_json('a.jsonl', lines=True) # !
pd.read_parquet('a.parquet') # !
df = pd.read_excel(io='a.xlsx', sheet_name=0) # !
pl.read_csv('a.csv') # !
np.load('vectors.npy') # !
with open('a.txt') as f:
    text = f.read() # !
with open('a.jsonl') as lines:
    rows = list(lines) # !
    data = json.load(lines) # !
lines = open('a.txt').readlines() # !
Path('a.txt').read_text() # !
with open('vectors.pkl', 'rb') as handle:
    vectors = pickle.load(handle) # !
with open('a.csv') as f:
    rows = list(csv.reader(f)) # !
`,
  ));

test('readers with a limit, lazy readers, streams and small files are not', () =>
  assertMarked(
    'whole-file-read',
    `
import pandas as pd, polars as pl, json, numpy as np, yaml
for part in pd.read_csv('a.csv', chunksize=1000):
    pass
pd.read_csv('a.csv', nrows=100)
pd.read_csv('a.csv', usecols=['text'])
pl.scan_csv('a.csv')
spark.read.csv('a.csv', header=True)
spark.read.format('delta').load('table')
np.load('vectors.npy', mmap_mode='r')
with open('a.jsonl') as f:
    for line in f:
        row = json.loads(line)
    head = f.read(100)
with open('config.json') as f:
    settings = json.load(f)
with open('openai_key.txt') as f:
    key = f.read().strip()
with open(CONFIG_PATH) as f:
    settings = json.load(f)
with open('out.json', 'w') as f:
    json.dump(rows, f)
list(names)
image = open('a.png', 'rb').read()
import joblib
joblib.load('model.pkl')
response.read()
table.read()
`,
  ));
