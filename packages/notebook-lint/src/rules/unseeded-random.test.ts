import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('random steps without a seed are found', () =>
  assertMarked(
    'unseeded-random',
    `
import random, umap
import numpy as np
import pandas as pd
from umap import UMAP
from umap.umap_ import UMAP as U
from sklearn.cluster import KMeans
from sklearn.manifold import TSNE
from sklearn.model_selection import train_test_split, KFold
from bertopic import BERTopic
df = pd.read_csv('a.csv')
KMeans(n_clusters=5).fit(x) # !
TSNE(random_state=None) # !
UMAP().fit(x) # !
U(n_components=2) # !
umap.UMAP() # !
train_test_split(x, y, test_size=0.2) # !
KFold(5, shuffle=True) # !
sample = df.sample(100) # !
sample = df['text'].sample(frac=0.1) # !
random.shuffle(texts) # !
i = np.random.randint(0, 10) # !
rng = np.random.default_rng() # !
BERTopic(min_topic_size=20) # !
rows = spark.read.parquet('a').sample(0.1) # !
`,
  ));

test('seeded ones, by argument or once for all, are not', () =>
  assertMarked(
    'unseeded-random',
    `
import random
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans, DBSCAN
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split
np.random.seed(42)
random.seed(0)
df = pd.read_csv('a.csv')
KMeans(n_clusters=5)
KMeans(5, random_state=42)
DBSCAN(eps=0.3)
PCA(2)
train_test_split(x, y, shuffle=False)
df.sample(100)
random.choice(names)
rng = np.random.default_rng(42)
rng.normal()
`,
  ));

test('a sample that is only looked at changes nothing', () =>
  assertMarked(
    'unseeded-random',
    `
import pandas as pd
df = pd.read_csv('a.csv')
df.sample(5)
`,
  ));

test('other things with the same names are not', () =>
  assertMarked(
    'unseeded-random',
    `
from bertopic import BERTopic
BERTopic(umap_model=umap_model)
import random, time
delay *= 1 + random.random()
time.sleep(random.uniform(1, 2))
secrets.choice(names)
model.sample(prompt)
dataset.shuffle(seed=1)
KMeans(3)
`,
  ));
