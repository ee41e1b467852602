/** Judgements in the layout of BEIR: corpus.jsonl, queries.jsonl, qrels.tsv (query-id, corpus-id, score). */
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Judgements } from './metrics.ts';

export interface JudgementSet {
  corpus: string;
  /** Queries that have at least one relevant document, in the order of their file. */
  queries: { id: string; text: string; relevant: Judgements }[];
}

/** Memory: queries and judgements, not the corpus. Throws with exit code 66 if a file is missing, 65 if one is malformed. */
export async function readJudgements(directory: string): Promise<JudgementSet> {
  const [corpus, queries, qrels] = ['corpus.jsonl', 'queries.jsonl', 'qrels.tsv'].map((name) =>
    join(directory, name),
  );
  for (const file of [corpus!, queries!, qrels!]) await requireFile(file);
  const judged = await readQrels(qrels!);
  const texts: JudgementSet['queries'] = [];
  for await (const [line, number] of lines(queries!)) {
    const { _id, text } = parseQuery(line, queries!, number);
    const relevant = judged.get(_id);
    if (relevant) texts.push({ id: _id, text, relevant });
  }
  return { corpus: corpus!, queries: texts };
}

async function requireFile(path: string): Promise<void> {
  await access(path).catch(() => {
    throw new ThroughlineError(`there is no file ${path}`, {
      code: 'judgements_missing',
      exitCode: EXIT.noInput,
      hint: 'Judgements are a folder with corpus.jsonl, queries.jsonl and qrels.tsv (the layout of BEIR).',
    });
  });
}

async function readQrels(path: string): Promise<Map<string, Map<string, number>>> {
  const judged = new Map<string, Map<string, number>>();
  for await (const [line, number] of lines(path)) {
    const [query, document, score] = line.split('\t');
    if (number === 1 && score !== undefined && Number.isNaN(Number(score))) continue;
    const grade = Number(score);
    if (query === undefined || document === undefined || !Number.isFinite(grade))
      throw malformed(path, number, 'query-id, corpus-id and score, separated by tabs');
    if (grade <= 0) continue;
    const relevant = judged.get(query) ?? new Map<string, number>();
    judged.set(query, relevant.set(document, grade));
  }
  return judged;
}

function parseQuery(line: string, path: string, number: number): { _id: string; text: string } {
  try {
    const { _id, text } = JSON.parse(line) as { _id: unknown; text: unknown };
    if (typeof text === 'string' && _id !== undefined) return { _id: String(_id), text };
  } catch {
    // Told below, with the place.
  }
  throw malformed(path, number, '{"_id": "...", "text": "..."}');
}

function malformed(path: string, line: number, expected: string): ThroughlineError {
  return new ThroughlineError(`${path}:${line}: expected ${expected}`, {
    code: 'judgements_malformed',
    exitCode: EXIT.badData,
  });
}

async function* lines(path: string): AsyncGenerator<[line: string, number: number]> {
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number++;
    if (line.trim() !== '') yield [line, number];
  }
}
