/** How a file is written, by its name and its first bytes: what `source:` has to say before any column can be read. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quotePath } from '@throughline/delta';
import type { SourceConfig } from '../config/index.ts';
import type { Session } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { type FileToRead, headOf } from '../source/compressed.ts';
import { parseRecord } from '../source/csv-header.ts';

export type FileFormat = Pick<SourceConfig, 'type' | 'delimiter' | 'quote' | 'encoding' | 'header'>;

const HEAD_BYTES = 1024 * 1024;
const PLAIN = { delimiter: ',', quote: '"', encoding: 'utf-8' } as const;

/** Throws with exit code 65 for what is no CSV, JSON Lines or Parquet. */
export async function fileFormat(
  file: FileToRead,
  session: Pick<Session, 'query' | 'directory'>,
): Promise<FileFormat> {
  const { name } = file;
  const head = await headOf(file, HEAD_BYTES);
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return { type: 'parquet', ...PLAIN };
  refuseBinary(head, name);
  const encoding = encodingOf(head);
  const text = wholeLines(textOf(head, encoding));
  const start = text.replace(/^\ufeff/, '').trimStart();
  if (start.startsWith('{')) return { type: 'jsonl', ...PLAIN, encoding };
  if (start.startsWith('[') && /\.jsonl?\b/i.test(name))
    throw unknownFormat(
      name,
      'is one JSON list',
      `Write a line for each object: jq -c '.[]' ${name} > records.jsonl`,
    );
  return { type: 'csv', ...PLAIN, encoding, ...(await dialectOf(text, session)) };
}

/** Magic numbers of what people have beside CSV: gzip, zstd, zip (Excel), SQLite. */
const BINARY: [bytes: string, what: string, hint: string][] = [
  ['\x1f\x8b', 'is compressed by gzip', 'Let its name end in .gz.'],
  ['\x28\xb5\x2f\xfd', 'is compressed by zstd', 'Let its name end in .zst.'],
  ['PK\x03\x04', 'is a zip file or an Excel workbook', 'Unpack it, or save the sheet as CSV (UTF-8).'],
  ['\xd0\xcf\x11\xe0', 'is an Excel workbook', 'Save the sheet as CSV (UTF-8).'],
  ['SQLite format 3', 'is an SQLite database', 'Export the table as CSV.'],
  ['ORC', 'is an ORC file', 'Write it as Parquet.'],
  ['Obj\x01', 'is an Avro file', 'Write it as Parquet.'],
];

function refuseBinary(head: Buffer, name: string): void {
  const start = head.subarray(0, 32).toString('latin1');
  const found = BINARY.find(([bytes]) => start.startsWith(bytes));
  if (found) throw unknownFormat(name, found[1], found[2]);
}

function unknownFormat(name: string, what: string, hint: string): ThroughlineError {
  return new ThroughlineError(`${name} ${what}; a source is CSV, JSON Lines or Parquet`, {
    code: 'format_unknown',
    exitCode: EXIT.badData,
    hint,
  });
}

/** By a byte order mark, by the zeros that UTF-16 has in Latin text, and by whether the bytes are UTF-8 at all. */
function encodingOf(head: Buffer): SourceConfig['encoding'] {
  const mark = head.subarray(0, 2).toString('latin1');
  if (mark === '\xff\xfe' || mark === '\xfe\xff') return 'utf-16';
  try {
    // The last bytes may be half a character.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    return 'latin-1';
  }
  return head.subarray(0, 1000).some((byte, i) => byte === 0 && i % 2 === 1) ? 'utf-16' : 'utf-8';
}

function textOf(head: Buffer, encoding: SourceConfig['encoding']): string {
  const isBigEndian = head[0] === 0xfe && head[1] === 0xff;
  const label = {
    'utf-8': 'utf-8',
    'utf-16': isBigEndian ? 'utf-16be' : 'utf-16le',
    'latin-1': 'windows-1252',
  };
  return new TextDecoder(label[encoding]).decode(head);
}

/** Without the line that the head cuts. */
function wholeLines(text: string): string {
  const end = text.lastIndexOf('\n');
  return text.length < HEAD_BYTES / 4 || end < 0 ? text : text.slice(0, end + 1);
}

const DELIMITERS = [',', ';', '\t', '|'];

/** DuckDB's sniffer says what separates fields; where it cannot know, as of a single column, the first line does. */
async function dialectOf(
  text: string,
  { query, directory }: Pick<Session, 'query' | 'directory'>,
): Promise<Pick<FileFormat, 'delimiter' | 'quote' | 'header'>> {
  const path = join(directory, 'head.csv');
  await writeFile(path, text);
  const [sniffed] = await query(
    `SELECT Delimiter AS delimiter, Quote AS quote FROM sniff_csv(${quotePath(path)}, encoding = 'utf-8', ignore_errors = true)`,
  ).catch(() => []);
  const delimiter = DELIMITERS.find((character) => character === sniffed?.delimiter) ?? mostFrequent(text);
  // An apostrophe is in many a text; a quotation mark where a field begins is a quote.
  const isApostrophe = sniffed?.quote === "'" && !new RegExp(`(^|[${delimiter}])"`, 'm').test(text);
  const quote = isApostrophe ? "'" : '"';
  const first = parseRecord(text.replace(/^\ufeff/, ''), { delimiter, quote }).fields;
  return { delimiter, quote, ...(!isHeader(first) && { header: false }) };
}

function mostFrequent(text: string): string {
  const [line = ''] = text.split(/\r?\n/, 1);
  const count = (delimiter: string) => line.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

/**
 * Names of columns are no numbers, times, addresses or sentences; but those of a table without names may be 0, 1, 2, those of a pivot are
 * years, and those of a survey its questions.
 */
export function isHeader(cells: readonly string[]): boolean {
  if (cells.every((cell, i) => cell === String(i))) return true;
  return !cells.some((cell) => {
    const text = cell.trim();
    if (/^(19|20)\d\d$/.test(text) || /[?:]$/.test(text)) return false;
    const isValue = /^[+-]?\d+([.,]\d+)?$|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|^https?:\/\//.test(text);
    return isValue || text.length > 100 || text.split(/\s+/).length > 8;
  });
}
