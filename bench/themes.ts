/**
 * Themes: agreement with labels, keywords, speed, assignment and steadiness, against BERTopic on the same vectors, and Leiden against
 * igraph's. Embedding is not timed. BENCH_THEMES_PARTS and BENCH_THEMES_SETS choose, by commas; what BERTopic found is kept in the
 * user's cache folder, but never its seconds.
 */
import { SHARED } from './collections.ts';
import type { Row } from './table.ts';
import { assignment } from './themes/assignment.ts';
import { communities } from './themes/communities.ts';
import { quality } from './themes/quality.ts';
import { dataIsThere, labelledSet } from './themes/sets.ts';
import { speed } from './themes/speed.ts';
import { steadiness } from './themes/steadiness.ts';

export const description =
  'themes: labels, keywords, speed, assignment, stability (BENCH_THEMES_PARTS, BENCH_THEMES_SETS), against BERTopic';

const SETS = ['banking77', 'complaints by product', 'complaints by issue'];
const PARTS = ['quality', 'stability', 'speed', 'assignment', 'leiden'];

/** Returns no rows, and says why, where the data is absent. */
export default async function run(): Promise<Row[]> {
  if (!dataIsThere()) {
    console.error(`themes: skipped, there is no data in ${SHARED}`);
    return [];
  }
  const rows: Row[] = [];
  const parts = chosen('BENCH_THEMES_PARTS', PARTS);
  for (const name of chosen('BENCH_THEMES_SETS', SETS)) {
    const set = await labelledSet(name);
    if (parts.includes('quality')) rows.push(...(await quality(set)));
    if (parts.includes('stability')) rows.push(...(await steadiness(set)));
  }
  if (parts.includes('speed')) rows.push(...(await speed()));
  if (parts.includes('assignment')) rows.push(...(await assignment()));
  if (parts.includes('leiden')) rows.push(...(await communities()));
  return rows;
}

function chosen(variable: string, all: readonly string[]): string[] {
  const names = process.env[variable]?.split(',') ?? [...all];
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`${variable}: "${unknown}" is none of ${all.join(', ')}`);
  return names;
}
