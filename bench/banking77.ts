/**
 * Banking77 (Casanueva et al. 2020) as a collection: customers' questions are asked, and those of the same intent are
 * relevant. Short texts of a business, unlike abstracts of papers.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteLiteral } from '../packages/delta/src/index.ts';
import { openSession, type Session } from '../packages/throughline/src/engine/local/session.ts';

const DOCUMENTS = 3_000;
const QUERIES = 200;

interface Question {
  text: string;
  category: string;
}

/** Writes corpus.jsonl, queries.jsonl and qrels.tsv; which questions they hold is settled by hashes. */
export async function makeBanking77(source: string, directory: string): Promise<void> {
  await using session = await openSession();
  const documents = await read(session, join(source, 'banking77_train.csv'), DOCUMENTS);
  const queries = await read(session, join(source, 'banking77_test.csv'), QUERIES);
  const judged = queries.flatMap(({ category }, q) =>
    documents.flatMap((document, d) => (document.category === category ? [`q${q}\td${d}\t1`] : [])),
  );
  await mkdir(directory, { recursive: true });
  const write = (name: string, lines: readonly string[]) =>
    writeFile(join(directory, name), lines.join('\n'));
  await write(
    'corpus.jsonl',
    documents.map(({ text }, i) => JSON.stringify({ _id: `d${i}`, title: '', text })),
  );
  await write(
    'queries.jsonl',
    queries.map(({ text }, i) => JSON.stringify({ _id: `q${i}`, text })),
  );
  await write('qrels.tsv', judged);
}

async function read(session: Session, file: string, count: number): Promise<Question[]> {
  const rows = await session.query(
    `SELECT trim(text) AS text, category FROM read_csv(${quoteLiteral(file)}, header = true, all_varchar = true) ORDER BY sha256(text), category LIMIT ${count}`,
  );
  return rows.map(({ text, category }) => ({ text: String(text), category: String(category) }));
}
