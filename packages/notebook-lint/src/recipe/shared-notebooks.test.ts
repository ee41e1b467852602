/** Notebooks of others, beside the repository where they are at hand: the facts that a person has read in them. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { readRecipe } from './read-recipe.ts';
import { type Summary, summaryOf } from './testing/summary.ts';

const SHARED = join(import.meta.dirname, '..', '..', '..', '..', '..', 'shared', 'notebooks');
const skip = existsSync(SHARED) ? false : `there is no ${SHARED}`;

const NONE = {
  ...{
    source: undefined,
    steps: [],
    text: '-',
    id: undefined,
    time: undefined,
    columns: '',
    split: undefined,
  },
  ...{ model: undefined, metric: undefined, clustering: undefined, outputs: [], queries: [] },
};

const READ: Readonly<Record<string, Partial<Summary>>> = {
  'chroma_density_relevance.ipynb': {
    source: 'dataset sciq (cell 4)',
    steps: ['filter support != ""'],
    text: 'support',
    columns: 'support, question',
    model: 'chromadb all-MiniLM-L6-v2',
    metric: 'l2',
  },
  'milvus_getting_started_err.ipynb': {
    source: 'dataset Skelebor/book_titles_and_descriptions_en_clean (cell 12)',
    text: 'description',
    columns: 'title, description',
    model: 'openai text-embedding-3-small',
    metric: 'l2',
    queries: ['Book about a k-9 from europe'],
  },
  'multiclass_transactions.ipynb': {
    source: 'csv ./data/labelled_transactions.csv (cell 17)',
    text: '("Supplier: " + strip(Supplier) + "; Description: " + strip(Description) + "; Value: " + strip(text(Transaction value (£))))',
    columns: 'Supplier, Description, Transaction value (£)',
    model: 'openai text-search-babbage-doc-001',
    outputs: ['./data/transactions_with_embeddings_100.csv'],
  },
  'pinecone_gen_qa.ipynb': {
    source: 'dataset jamescalam/youtube-transcriptions (cell 19)',
    text: '?(text)',
    id: 'id',
    columns: 'title, text, start, end, id, url, published, channel_id',
    model: 'openai text-embedding-ada-002',
    metric: 'cosine',
  },
  'qdrant_101_text.ipynb': {
    source: 'dataset ag_news (cell 20)',
    steps: ['sample first 100 -'],
    text: 'text',
    model: 'fastembed sentence-transformers/all-MiniLM-L6-v2',
    metric: 'cosine',
  },
  'synapse_openai_embedding.ipynb': {
    source: 'csv wasbs://publicwasb@mmlspark.blob.core.windows.net/fine_food_reviews_1k.csv (cell 3)',
    text: '("Title: " + strip(Summary) + "; Content: " + strip(Text))',
    model: 'azure-openai text-embedding-ada-002',
  },
  'web_qa.ipynb': {
    source: 'csv processed/scraped.csv (cell 3)',
    steps: ['other columns =', 'filter has text'],
    text: 'text',
    split: 'split_into_many -',
    model: 'openai text-embedding-ada-002',
    metric: 'cosine',
    outputs: ['processed/embeddings.csv'],
    queries: ['What day is it?', 'What is our newest embeddings model?'],
  },
  'databricks_bge_index.py': {
    source: 'dataset smangrul/peft_docs (cell 5)',
    steps: [],
    text: 'chunk_content',
    split: 'TokenTextSplitter 3500',
    model: 'langchain-huggingface BAAI/bge-large-en-v1.5',
    metric: 'cosine',
  },
  'zh_clustering_transactions.ipynb': {
    source: 'csv data/library_transactions_with_embeddings_359.csv (cell 6)',
    text: '-',
    columns: 'combined, Supplier, Description',
    model: undefined,
    clustering: 'KMeans 5',
    queries: [],
  },
  'clustering_reviews_local_path.ipynb': {
    source: 'csv ./data/fine_food_reviews_with_embeddings_1k.csv (cell 1)',
    text: '-',
    clustering: 'KMeans 4',
  },
  'semantic_search_reviews_err.ipynb': {
    source: 'csv data/fine_food_reviews_with_embeddings_1k.csv (cell 1)',
    text: '-',
    model: 'openai text-embedding-ada-002',
    metric: 'cosine',
    queries: ['delicious beans', 'whole wheat pasta', 'bad delivery', 'spoilt', 'pet food'],
  },
  'complaints_kmeans.ipynb': {
    source: 'dataset Mouwiya/cfpb-consumer-complaints (cell 4)',
    text: '<clean_text>(?())',
    model: 'scikit-learn TfidfVectorizer',
    clustering: 'KMeans ?',
  },
  'ladal_topicmodels_r.ipynb': NONE,
};

for (const [name, expected] of Object.entries(READ))
  test(`${name}: what a person reads in it`, { skip }, async () => {
    const summary = summaryOf(await recipeOfFile(name));
    for (const [fact, value] of Object.entries(expected))
      assert.deepEqual(summary[fact as keyof Summary], value, fact);
  });

test('all of them are read, each fact with a place that is there', { skip }, async () => {
  for (const name of readdirSync(SHARED).filter((file) => /\.(ipynb|py)$/.test(file))) {
    const { source, steps, columns, model } = await recipeOfFile(name);
    const origins = [source, ...steps, ...columns, model].flatMap((fact) => (fact ? [fact.origin] : []));
    for (const { cell, line, source: said } of origins) {
      assert.ok(cell >= 0 && line >= 1, name);
      assert.notEqual(said, '', name);
    }
  }
});

function recipeOfFile(name: string) {
  return readRecipe(readFileSync(join(SHARED, name), 'utf8'), { file: name });
}
