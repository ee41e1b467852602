/** Themes against labels that people gave, and against BERTopic on the same vectors. Embedding is not timed. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { pythonVenv } from '../engines/python-venv.ts';
import {
  agreement,
  assign,
  coherence,
  diversity,
  exemplarsOf,
  fit,
  keywords,
  label,
  openAssigner,
  stability,
} from '../packages/themes/src/index.ts';
import { embedAll, loadTokenizer, openEmbedder } from '../packages/throughline/src/model/index.ts';

export const description = 'themes: agreement with labels, number of themes and seconds, against BERTopic';

export interface ThemesRow {
  set: string;
  method: string;
  passages: number;
  classes: number;
  themes: number;
  unassigned: number;
  nmi: number;
  ami: number;
  /** Mean NPMI of ten keywords a theme, and the share of different ones; the number of themes changes both. */
  npmi?: number;
  diversity?: number;
  /** Mean ARI of shared passages between five fits: of random 80 % samples, and of seeds. */
  sampleAri?: number;
  seedAri?: number;
  /** New vectors a second. */
  perSecond?: number;
  seconds: number;
}

const DATA = fileURLToPath(new URL('../../shared/data', import.meta.url));

/** Returns no rows, and says why, where the data is absent. */
export default async function run(): Promise<ThemesRow[]> {
  if (!existsSync(DATA)) {
    console.error(`themes: skipped, there is no data in ${DATA}`);
    return [];
  }
  const rows: ThemesRow[] = [];
  for (const [set, query] of Object.entries(SETS)) {
    const labelled = await read(query);
    const embedded = await embed(labelled.texts);
    rows.push(...(await ours(set, labelled, embedded)), ...(await bertopic(set, labelled, embedded)));
    if (set === 'banking77') rows.push(...(await held(labelled, embedded)));
  }
  return rows;
}

/** Products with 40 complaints or more, each text once, at most 300 complaints a product. */
const SETS = {
  banking77: `SELECT text, category AS label FROM '${DATA}/banking77_train.csv'`,
  'complaints by product': `
    WITH complaints AS (
      SELECT narrative AS text, any_value(if(product LIKE 'Credit card%', 'Credit card', product)) AS label,
        min(complaint_id) AS id FROM '${DATA}/cfpb_complaints.csv' GROUP BY narrative),
    ranked AS (SELECT *, row_number() OVER (PARTITION BY label ORDER BY id) AS place,
      count(*) OVER (PARTITION BY label) AS size FROM complaints)
    SELECT text, label FROM ranked WHERE place <= 300 AND size >= 40 ORDER BY id`,
};
const HELD_OUT = `SELECT text, category AS label FROM '${DATA}/banking77_test.csv'`;

interface Labelled {
  texts: string[];
  labels: string[];
}

interface Embedded {
  vectors: Float32Array;
  dimension: number;
}

async function read(query: string): Promise<Labelled> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = (await connection.runAndReadAll(query)).getRows();
  connection.closeSync();
  return { texts: rows.map(([text]) => String(text)), labels: rows.map(([, name]) => String(name)) };
}

/** A text longer than the model takes is cut: one vector a text. */
async function embed(texts: string[]): Promise<Embedded> {
  const tokenizer = await loadTokenizer({ model: 'minilm' });
  await using embedder = await openEmbedder({ model: 'minilm' });
  const most = embedder.info.maxTokens - tokenizer.specialTokens;
  const vectors = await embedAll(
    embedder,
    texts.map((text) => longestPrefix(text, (part) => tokenizer.count(part) <= most)),
  );
  return { vectors, dimension: embedder.info.dimension };
}

function longestPrefix(text: string, fits: (part: string) => boolean): string {
  if (fits(text)) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(text.slice(0, middle))) low = middle;
    else high = middle - 1;
  }
  return text.slice(0, low);
}

async function ours(
  set: string,
  { texts, labels }: Labelled,
  { vectors, dimension }: Embedded,
): Promise<ThemesRow[]> {
  const rows: ThemesRow[] = [];
  await fit(vectors.subarray(0, 200 * dimension), dimension); // as the other side: warm
  for (const weights of ['cosine', 'umap'] as const) {
    const start = performance.now();
    const { membership, themes } = await fit(vectors, dimension, { weights });
    const found = keywords(
      texts.map((text, i) => ({ text, theme: membership[i]! })),
      themes,
    );
    const seconds = (performance.now() - start) / 1000;
    if (weights === 'cosine') console.error(`${set}: ${found.slice(0, 8).map(label).join('; ')}`);
    const row = { ...scored(set, `kNN + Leiden, ${weights} weights`, membership, labels), seconds };
    const terms = found.map((theme) => theme.slice(0, 10).map(({ term }) => term));
    const steady = {
      sampleAri: await stability(vectors, dimension, { weights }),
      seedAri: await stability(vectors, dimension, { weights, share: 1 }),
    };
    rows.push({ ...row, ...described(texts, terms), ...steady });
  }
  return rows;
}

function described(texts: string[], terms: string[][]): Pick<ThemesRow, 'npmi' | 'diversity'> {
  const values = coherence(texts, terms).filter((value) => value !== null);
  return { npmi: values.reduce((sum, value) => sum + value, 0) / values.length, diversity: diversity(terms) };
}

function scored(
  set: string,
  method: string,
  topics: ArrayLike<number>,
  labels: string[],
): Omit<ThemesRow, 'seconds'> {
  const themes = new Set(Array.from(topics).filter((topic) => topic >= 0)).size;
  const unassigned = Array.from(topics).filter((topic) => topic < 0).length / labels.length;
  const { ami, nmi } = agreement(topics, labels);
  return {
    set,
    method,
    passages: labels.length,
    classes: new Set(labels).size,
    themes,
    unassigned,
    nmi,
    ami,
  };
}

/** Its results differ from run to run. */
const BERTOPIC_RUNS = 3;
const BERTOPIC = [
  ...[
    'bertopic==0.17.4',
    'numpy==2.2.6',
    'scipy==1.15.3',
    'scikit-learn==1.6.1',
    'joblib==1.5.1',
    'umap-learn==0.5.7',
  ],
  ...['threadpoolctl==3.6.0', 'pynndescent==0.5.13', 'numba==0.61.2', 'llvmlite==0.44.0', 'hdbscan==0.8.40'],
  ...['pandas==2.2.3', 'python-dateutil==2.9.0.post0', 'pytz==2025.2', 'six==1.17.0', 'tzdata==2025.2'],
  ...['tqdm==4.67.1', 'packaging==25.0', 'pyyaml==6.0.2'],
];

async function bertopic(
  set: string,
  { texts, labels }: Labelled,
  { vectors, dimension }: Embedded,
): Promise<ThemesRow[]> {
  const engine = await pythonVenv(BERTOPIC, ['--no-deps']);
  if (!engine.ok) {
    console.error(`themes: BERTopic skipped, ${engine.reason}`);
    return [];
  }
  const folder = await mkdtemp(join(tmpdir(), 'throughline-bertopic-'));
  try {
    const files = [join(folder, 'vectors.f32'), join(folder, 'texts.json')] as const;
    await writeFile(files[0], new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength));
    await writeFile(files[1], JSON.stringify(texts));
    const script = fileURLToPath(new URL('themes_bertopic.py', import.meta.url));
    const options = { maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(
      engine.python,
      [script, ...files, String(dimension), String(BERTOPIC_RUNS)],
      options,
    );
    const runs = JSON.parse(stdout) as BertopicRun[];
    return [
      median(
        runs.map(({ topics, seconds, keywords }) => ({
          ...scored(set, 'BERTopic', topics, labels),
          ...described(texts, keywords),
          seconds,
        })),
      ),
      median(
        runs.map(({ reduced, seconds }) => ({
          ...scored(set, 'BERTopic, no outliers', reduced, labels),
          seconds,
        })),
      ),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface BertopicRun {
  seconds: number;
  topics: number[];
  reduced: number[];
  keywords: string[][];
}

/** The run of the median AMI. */
function median(rows: ThemesRow[]): ThemesRow {
  return rows.sort((a, b) => a.ami - b.ami)[Math.floor(rows.length / 2)]!;
}

const THROUGHPUT_VECTORS = 200_000;
const BATCH = 2_048;

/** New texts, assigned by all fitted ones and by exemplars, against their own labels. */
async function held(train: Labelled, { vectors, dimension }: Embedded): Promise<ThemesRow[]> {
  const { membership, themes } = await fit(vectors, dimension);
  const test = await read(HELD_OUT);
  const embedded = await embed(test.texts);
  const rows: ThemesRow[] = [];
  const all = { vectors, membership, themes };
  const few = await exemplarsOf(vectors, dimension, membership, themes);
  for (const fitted of [all, few]) {
    const start = performance.now();
    const { theme } = await assign(embedded.vectors, dimension, fitted);
    const seconds = (performance.now() - start) / 1000;
    const method = `assigned by ${fitted.membership.length} ${fitted === few ? 'exemplars' : 'passages'}`;
    const set = `banking77 test, from ${train.texts.length}`;
    const perSecond = await throughput(fitted, vectors, dimension);
    rows.push({ ...scored(set, method, theme, test.labels), perSecond, seconds });
  }
  const { theme } = await assign(vectors, dimension, few);
  const same = theme.filter((one, i) => one === membership[i]).length / theme.length;
  console.error(`fit and exemplars agree on ${(100 * same).toFixed(2)} % of the fitted passages`);
  return rows;
}

/** The same batch again and again: what is in it makes no difference to the time. */
async function throughput(
  fitted: { vectors: Float32Array; membership: Int32Array; themes: number },
  vectors: Float32Array,
  dimension: number,
): Promise<number> {
  await using assigner = await openAssigner(fitted, dimension);
  const batch = vectors.subarray(0, BATCH * dimension);
  await assigner.assign(batch);
  const batches = Math.ceil(THROUGHPUT_VECTORS / BATCH);
  const start = performance.now();
  for (let i = 0; i < batches; i++) await assigner.assign(batch);
  return (batches * BATCH) / ((performance.now() - start) / 1000);
}
