/** Judgements in the layout of BEIR: queries.jsonl, qrels.tsv (query-id, corpus-id, score), and corpus.jsonl or not. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { EXIT, ThroughlineError } from '../error.ts';
import { isFile } from '../is-there.ts';
import { digestOf } from '../lake/canonical.ts';
import type { Judgements } from './metrics.ts';

export interface JudgedQuery {
  id: string;
  text: string;
  relevant: Judgements;
}

export interface JudgementSet {
  directory: string;
  /** Of queries and grades: those of another digest are not comparable. */
  digest: string;
  /** The documents, where the folder has them; without, judgements are about records of a lake. */
  corpus: string | undefined;
  /** Queries that have at least one relevant document, in the order of their file. */
  queries: JudgedQuery[];
  /** Queries that are left out: nothing relevant to them is known. */
  withoutRelevant: number;
}

/**
 * Memory: queries and judgements, not the corpus. Throws with exit code 66 if a file is missing, 65 if one is malformed or
 * no query has a relevant document.
 */
export async function readJudgements(directory: string): Promise<JudgementSet> {
  const [corpus, queriesFile, qrels] = ['corpus.jsonl', 'queries.jsonl', 'qrels.tsv'].map((name) =>
    join(directory, name),
  ) as [string, string, string];
  for (const file of [queriesFile, qrels]) if (!(await isFile(file))) throw missing(file);
  const judged = await readQrels(qrels);
  const queries = await readQueries(queriesFile, judged);
  const left = queries.filter(({ relevant }) => relevant.size > 0);
  if (left.length === 0) {
    throw new ThroughlineError(`${directory}: no query has a relevant document`, {
      code: 'judgements_empty',
      exitCode: EXIT.badData,
      hint: 'qrels.tsv names queries by the _id of queries.jsonl; a score above 0 says that a document is relevant.',
    });
  }
  return {
    directory,
    digest: digestOf(left.map(({ id, text, relevant }) => [id, text, [...relevant].sort(byId)])),
    corpus: (await isFile(corpus)) ? corpus : undefined,
    queries: left,
    withoutRelevant: queries.length - left.length,
  };
}

function byId([a]: [string, number], [b]: [string, number]): number {
  return a < b ? -1 : 1;
}

function missing(file: string): ThroughlineError {
  return new ThroughlineError(`there is no file ${file}`, {
    code: 'judgements_missing',
    exitCode: EXIT.noInput,
    hint: 'Judgements are a folder with queries.jsonl and qrels.tsv (the layout of BEIR). A first set from your own records: throughline eval synth',
  });
}

async function readQrels(path: string): Promise<Map<string, Map<string, number>>> {
  const judged = new Map<string, Map<string, number>>();
  for await (const [line, number] of lines(path)) {
    const [query, document, score] = line.split('\t');
    if (number === 1 && score !== undefined && Number.isNaN(Number(score))) continue;
    const grade = Number(score);
    if (!query || !document || score?.trim() === '' || !Number.isFinite(grade))
      throw malformed(path, number, 'query-id, corpus-id and score, separated by tabs');
    if (grade <= 0) continue;
    const relevant = judged.get(query) ?? new Map<string, number>();
    if ((relevant.get(document) ?? grade) !== grade)
      throw malformed(path, number, `one score of ${document} for query ${query}, and this is another`);
    judged.set(query, relevant.set(document, grade));
  }
  return judged;
}

async function readQueries(
  path: string,
  judged: ReadonlyMap<string, Map<string, number>>,
): Promise<JudgedQuery[]> {
  const queries = new Map<string, JudgedQuery>();
  for await (const [line, number] of lines(path)) {
    const { id, text } = parseQuery(line, path, number);
    if (queries.has(id)) throw malformed(path, number, `each _id once, and ${id} was there`);
    queries.set(id, { id, text, relevant: judged.get(id) ?? new Map() });
  }
  return [...queries.values()];
}

function parseQuery(line: string, path: string, number: number): { id: string; text: string } {
  try {
    const { _id, text } = JSON.parse(line) as { _id: unknown; text: unknown };
    if (typeof text === 'string' && text.trim() !== '' && _id !== undefined) return { id: String(_id), text };
  } catch {
    // Told below, with the place.
  }
  throw malformed(path, number, '{"_id": "...", "text": "..."} with a text');
}

function malformed(path: string, line: number, expected: string): ThroughlineError {
  return new ThroughlineError(`${path}:${line}: expected ${expected}`, {
    code: 'judgements_malformed',
    exitCode: EXIT.badData,
  });
}

/** Split at the line feed alone: texts and ids hold other line breaks. Lines of blanks are counted, and passed over. */
async function* lines(path: string): AsyncGenerator<[line: string, number: number]> {
  let number = 0;
  let rest = '';
  for await (const part of createReadStream(path, 'utf8')) {
    const ended = `${rest}${part}`.split('\n');
    rest = ended.pop()!;
    for (const line of ended) {
      number++;
      if (line.trim() !== '') yield [line.replace(/\r$/, ''), number];
    }
  }
  if (rest.trim() !== '') yield [rest.replace(/\r$/, ''), number + 1];
}
