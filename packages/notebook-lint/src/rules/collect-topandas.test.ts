import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('tables pulled into one process are found', () =>
  assertMarked(
    'collect-topandas',
    `
from pyspark.sql import SparkSession
from datasets import load_dataset
session = SparkSession.builder.appName('a').getOrCreate()
rows = spark.read.parquet('a').collect() # !
df = spark.table('complaints')
pdf = df.filter('a > 1').toPandas() # !
pdf = session.sql('SELECT * FROM a').toPandas() # !
texts = [row.text for row in df.select('text').collect()] # !
def pull(frame):
    return frame.toPandas() # !
data = load_dataset('a/b', split='train').to_pandas() # !
`,
  ));

test('limited ones, and other things of that name, are not', () =>
  assertMarked(
    'collect-topandas',
    `
import gc
import polars as pl
gc.collect()
df = spark.table('complaints')
few = df.limit(10).toPandas()
few = df.limit(10).collect()
first = df.head(5)
lazy = pl.scan_csv('a.csv').collect()
results = table.search(query).limit(3).to_pandas()
df.write.parquet('b')
`,
  ));
