/** Relevance of the default search against judgements of small public collections beside this repository. */
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateSearch } from '../packages/throughline/src/run/evaluate-search.ts';

export const description = 'nDCG@10 of each search mode on Cranfield and CACM';

const COLLECTIONS = ['cranfield', 'cacm'];
const SHARED = join(import.meta.dirname, '..', '..', 'shared', 'data');

export default async function run(): Promise<Record<string, unknown>[]> {
  const lakes = await mkdtemp(join(tmpdir(), 'relevance-'));
  const silent = { stage() {}, planned() {}, rows() {}, chunk() {}, indexed() {}, warning: console.warn };
  const rows: Record<string, unknown>[] = [];
  try {
    for (const collection of COLLECTIONS) {
      const directory = join(SHARED, collection);
      const isThere = await access(directory).then(
        () => true,
        () => false,
      );
      if (!isThere) {
        console.log(`${collection}: skipped, ${directory} is not there`);
        continue;
      }
      const effects = {
        clock: Date.now,
        newId: crypto.randomUUID.bind(crypto),
        signal: new AbortController().signal,
        reporter: silent,
      };
      const { modes } = await evaluateSearch(directory, lakes, effects);
      for (const [mode, measures] of Object.entries(modes)) rows.push({ collection, mode, ...measures });
    }
  } finally {
    await rm(lakes, { recursive: true, force: true });
  }
  return rows;
}
