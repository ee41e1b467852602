import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Tokenizer } from '../../packages/throughline/src/model/index.ts';

export interface TextSet {
  readonly name: string;
  readonly texts: readonly string[];
  /** Of all texts, special ones included. */
  readonly tokens: number;
}

const DATA = join(import.meta.dirname, '../../../shared/data');

/** Long: complaints, cut to what the model takes before anyone sees them. Short: customers' questions. Undefined without the data. */
export async function readTextSets(tokenizer: Tokenizer, maxTokens: number): Promise<TextSet[] | undefined> {
  if (!existsSync(DATA)) return undefined;
  const long = await read(
    `SELECT narrative FROM '${DATA}/cfpb_complaints.csv' GROUP BY 1 ORDER BY hash(narrative) LIMIT 200`,
  );
  const short = await read(
    `SELECT text FROM '${DATA}/banking77_test.csv' GROUP BY 1 ORDER BY hash(text) LIMIT 2000`,
  );
  return [set('long', long, tokenizer, maxTokens), set('short', short, tokenizer, maxTokens)];
}

function set(name: string, whole: readonly string[], tokenizer: Tokenizer, maxTokens: number): TextSet {
  const texts = whole.map((text) => cut(text, tokenizer, maxTokens));
  return { name, texts, tokens: texts.reduce((sum, text) => sum + tokenizer.encode(text).length, 0) };
}

/** Drops words at the end until the rest fits. */
function cut(text: string, tokenizer: Tokenizer, maxTokens: number): string {
  let words = text.split(' ');
  while (tokenizer.encode(words.join(' ')).length > maxTokens)
    words = words.slice(0, Math.ceil(words.length * 0.97) - 1);
  return words.join(' ');
}

async function read(query: string): Promise<string[]> {
  const connection = await (await DuckDBInstance.create()).connect();
  const result = await connection.runAndReadAll(query);
  return result.getRows().map(([text]) => String(text));
}
