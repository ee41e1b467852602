/** Texts with labels that people gave, and their vectors. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { embedAll, loadTokenizer, openEmbedder } from '../../packages/throughline/src/model/index.ts';
import { CACHE, SHARED } from '../collections.ts';

export interface LabelledSet {
  name: string;
  texts: string[];
  labels: string[];
  vectors: Float32Array;
  dimension: number;
}

const COMPLAINTS = join(SHARED, 'cfpb_complaints.csv');

/** Complaints: each text once, classes of 40 or more, of which the oldest `most`. */
const complaints = (label: string, most: number) => `
  WITH complaints AS (
    SELECT narrative AS text, any_value(${label}) AS label, min(complaint_id) AS id FROM '${COMPLAINTS}' GROUP BY narrative),
  ranked AS (SELECT *, row_number() OVER (PARTITION BY label ORDER BY id) AS place,
    count(*) OVER (PARTITION BY label) AS size FROM complaints)
  SELECT text, label FROM ranked WHERE place <= ${most} AND size >= 40 ORDER BY id`;

const QUERIES: Record<string, string> = {
  banking77: `SELECT text, category AS label FROM '${join(SHARED, 'banking77_train.csv')}'`,
  'banking77 test': `SELECT text, category AS label FROM '${join(SHARED, 'banking77_test.csv')}'`,
  'complaints by product': complaints(`if(product LIKE 'Credit card%', 'Credit card', product)`, 300),
  'complaints by issue': complaints('issue', 150),
};

export function dataIsThere(): boolean {
  return existsSync(COMPLAINTS) && existsSync(join(SHARED, 'banking77_train.csv'));
}

/** A set by its name. What was embedded once is kept in the user's cache folder. */
export async function labelledSet(name: string): Promise<LabelledSet> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = (await connection.runAndReadAll(QUERIES[name]!)).getRows();
  connection.closeSync();
  const [texts, labels] = [rows.map(([text]) => String(text)), rows.map(([, label]) => String(label))];
  return { name, texts, labels, ...(await embedded(name, texts)) };
}

async function embedded(
  name: string,
  texts: string[],
): Promise<{ vectors: Float32Array; dimension: number }> {
  const digest = createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16);
  const path = join(CACHE, 'themes', `${digest}.f32`);
  if (existsSync(path)) {
    const vectors = new Float32Array((await readFile(path)).buffer);
    return { vectors, dimension: vectors.length / texts.length };
  }
  console.error(`themes: embedding ${texts.length} texts (${name})`);
  const made = await embed(texts);
  await mkdir(join(CACHE, 'themes'), { recursive: true });
  await writeFile(`${path}.part`, made.vectors);
  await rename(`${path}.part`, path);
  return made;
}

/** A text longer than the model takes is cut: one vector a text. */
async function embed(texts: string[]): Promise<{ vectors: Float32Array; dimension: number }> {
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
