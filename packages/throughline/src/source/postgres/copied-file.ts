/** What a SELECT gives as a file, and that file as a relation of DuckDB. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { quoteIdentifier, quotePath } from '@throughline/delta';
import type { Client } from 'pg';

/** By COPY. Memory: one buffer. */
export async function copyTo(client: Client, select: string, file: string): Promise<void> {
  const { to } = (await import('pg-copy-streams')).default;
  await pipeline(client.query(to(`COPY (${select}) TO STDOUT (FORMAT csv)`)), createWriteStream(file));
}

/** Of a row: a longer one ends the run, where in a file it is a dead letter. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** The columns of the SELECT under the names of `wanted`, all VARCHAR. */
export function copiedSql(files: readonly string[], wanted: readonly string[]): string {
  const columns = wanted.map((_, i) => `'c${i}': 'VARCHAR'`).join(', ');
  const named = wanted.map((column, i) => `c${i} AS ${quoteIdentifier(column)}`).join(', ');
  return `(SELECT ${named} FROM read_csv([${files.map((file) => quotePath(file)).join(', ')}], columns = {${columns}}, delim = ',', quote = '"', escape = '"',
    encoding = 'utf-8', header = false, new_line = '\\n', auto_detect = false, strict_mode = true, max_line_size = ${MAX_LINE_BYTES}, buffer_size = ${2 * MAX_LINE_BYTES}))`;
}
