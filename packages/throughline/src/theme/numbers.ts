/** Numbers of themes: each is given once in a lake, also by processes that need some at the same moment. */
import { openStore } from '@throughline/delta/store';
import { readJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { listThemesManifests } from './manifest.ts';

const FOLDER = 'theme-numbers';

/** Claims `count` numbers in a row and gives the first. A claim is a file that only one process can make. */
export async function claimNumbers(lake: Lake, count: number): Promise<number> {
  const store = openStore(lake.root);
  for (;;) {
    const first = await nextNumber(lake);
    const claim = `${JSON.stringify({ next: first + count })}\n`;
    if (await store.putIfAbsent(`${FOLDER}/${first}.json`, claim)) return first;
  }
}

async function nextNumber(lake: Lake): Promise<number> {
  const names = await openStore(lake.root).list(FOLDER);
  const firsts = names.map((name) => Number.parseInt(name, 10)).filter(Number.isInteger);
  const last = firsts.length === 0 ? undefined : Math.max(...firsts);
  if (last !== undefined) {
    const claim = await readJson<{ next: number }>(lakePath(lake.root, FOLDER, `${last}.json`));
    return claim!.next;
  }
  // Versions of a time at which numbers were not claimed.
  const manifests = await listThemesManifests(lake);
  return Math.max(1, ...manifests.map(({ next, themes }) => next ?? themes + 1));
}

/** Three digits at least, so that ids are in the order of their births. */
export function themeId(number: number): string {
  return `t${String(number).padStart(3, '0')}`;
}
