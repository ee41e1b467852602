import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('plots are found once for each time that they are shown', () =>
  assertMarked(
    'always-on-display',
    `
# %%
import matplotlib.pyplot as plt
import seaborn as sns
import plotly.express as px
import pandas as pd
df = pd.read_csv('a.csv')

# %%
plt.plot(x, y)
plt.hist(z)
plt.show() # !

# %%
plt.scatter(x, y) # !
plt.scatter(a, b)
plt.title('a')

# %%
plt.figure(figsize=(10, 9))
sns.heatmap(scores) # !

# %%
df.n.hist() # !

# %%
df['n'].plot(kind='bar') # !

# %%
fig = px.scatter(df, x='a', y='b')
fig.show() # !

# %%
px.line(df).show() # !

# %%
from openai.embeddings_utils import chart_from_components
chart_from_components(components=c, labels=l) # !

# %%
fig, ax = plt.subplots()
ax.scatter(x, y) # !
`,
  ));

test('progress bars, verbose settings and browsers are found', () =>
  assertMarked(
    'always-on-display',
    `
from tqdm.auto import tqdm
from tqdm import tqdm as bar
import webbrowser
for text in tqdm(texts): # !
    pass
lengths = [len(text) for text in bar(texts)] # !
model.encode(texts, show_progress_bar=True) # !
AgentExecutor(agent=agent, verbose=True) # !
KMeans(5, random_state=1, verbose=1) # !
webbrowser.open('https://example.org') # !
`,
  ));

test('figures that are written and closed, and settings that are off, are not', () =>
  assertMarked(
    'always-on-display',
    `
import matplotlib.pyplot as plt
import seaborn as sns
sns.set_theme()
plt.plot(x, y)
plt.savefig('a.png')
plt.close()
model.encode(texts, show_progress_bar=False)
KMeans(5, verbose=0)
history.plot_key
`,
  ));
