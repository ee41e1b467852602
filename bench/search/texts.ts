/** Distinct real texts to search in, and questions to ask: of the collections beside this repository. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { quoteLiteral } from '../../packages/delta/src/index.ts';
import { openSession } from '../../packages/throughline/src/engine/local/session.ts';

const SENTENCE_END = /(?<=[.!?])\s+/;
const [SHORTEST, LONGEST] = [20, 600];

export interface Texts {
  passages: string[];
  questions: string[];
}

/**
 * `count` sentences of complaints, customers' questions and abstracts, and where these do not suffice, neighbouring sentences as
 * one text. The questions are none of them. Undefined where the collections are not there.
 */
export async function readTexts(shared: string, count: number): Promise<Texts | undefined> {
  if (!existsSync(join(shared, 'cfpb_complaints.csv'))) return undefined;
  await using session = await openSession();
  const column = async (from: string, name: string) => {
    const rows = await session.query(`SELECT ${name} AS text FROM ${from}`);
    return rows.map(({ text }) => String(text));
  };
  const file = (...names: string[]) => quoteLiteral(join(shared, ...names));
  const csv = (name: string) => `read_csv(${file(name)}, header = true, all_varchar = true)`;
  const documents = [
    ...(await column(csv('cfpb_complaints.csv'), 'narrative')),
    ...(await column(csv('banking77_train.csv'), 'text')),
    ...(await column(`read_json(${file('cranfield', 'corpus.jsonl')})`, 'text')),
    ...(await column(`read_json(${file('cacm', 'corpus.jsonl')})`, 'text')),
  ];
  const passages = pieces(documents, count);
  const asked = await column(csv('banking77_test.csv'), 'text');
  const questions = [...new Set(asked)].filter((text) => !passages.has(text));
  return { passages: [...passages], questions };
}

function pieces(documents: readonly string[], count: number): Set<string> {
  const sentences = documents.map((text) =>
    text
      .split(SENTENCE_END)
      .map((piece) => piece.trim())
      .filter(({ length }) => length >= SHORTEST && length <= LONGEST),
  );
  const found = new Set<string>();
  const add = (text: string) => found.size < count && found.add(text);
  for (const piece of sentences.flat()) add(piece);
  for (const of of sentences) for (let i = 1; i < of.length; i++) add(`${of[i - 1]} ${of[i]}`);
  if (found.size < count) throw new Error(`the collections have ${found.size} texts only`);
  return found;
}
