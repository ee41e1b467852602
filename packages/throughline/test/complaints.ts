/** Rows of the demo's complaints, and any rows as CSV. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join(import.meta.dirname, '..', '..', '..', 'demo', 'complaints.csv');

export const HEADER = [
  'complaint_id',
  'date_received',
  'product',
  'sub_product',
  'issue',
  'sub_issue',
  'company',
  'state',
  'narrative',
] as const;
export type Complaint = Record<(typeof HEADER)[number], string>;

/** The first `count` complaints. */
export function complaints(count: number): Complaint[] {
  const [header, ...rows] = parseCsv(readFileSync(FILE, 'utf8'));
  return rows
    .slice(0, count)
    .map((row) => Object.fromEntries(header!.map((name, i) => [name, row[i]!])) as Complaint);
}

export function toCsv(rows: readonly Complaint[]): string {
  return [HEADER, ...rows.map((row) => HEADER.map((name) => row[name]))]
    .map((cells) => `${cells.map(quoted).join(',')}\n`)
    .join('');
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g;
  let row: string[] = [];
  for (const [, inQuotes, plain, end] of text.matchAll(pattern)) {
    row.push(inQuotes === undefined ? plain! : inQuotes.replaceAll('""', '"'));
    if (end === ',') continue;
    if (row.length > 1) rows.push(row);
    row = [];
  }
  return rows;
}
