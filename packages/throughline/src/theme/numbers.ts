/** Numbers of themes and of their groups: each is given once in a lake, also by processes that need some at the same moment. */
import { openStore } from '@throughline/delta/store';
import { readJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { listThemesManifests } from './manifest.ts';

const FOLDER = 'theme-numbers';

interface Claim {
  first: number;
  /** The first number after it. */
  next: number;
  owner: string;
}

/**
 * Claims `count` numbers in a row and gives the first. A claim is a file that only one process can make. What `owner` has claimed before is
 * its own: a fit that is made again, after a crash or by two runs at once, has the same ids.
 */
export async function claimNumbers(lake: Lake, count: number, owner: string): Promise<number> {
  const store = openStore(lake.root);
  for (;;) {
    const claims = await readClaims(lake);
    const own = claims.find((claim) => claim.owner === owner && claim.next - claim.first === count);
    if (own) return own.first;
    const first =
      claims.length > 0 ? Math.max(...claims.map(({ next }) => next)) : await firstUnclaimed(lake);
    const claim: Claim = { first, next: first + count, owner };
    if (await store.putIfAbsent(`${FOLDER}/${first}.json`, `${JSON.stringify(claim)}\n`)) return first;
  }
}

async function readClaims(lake: Lake): Promise<Claim[]> {
  // Others are files that are being written, and may never become claims.
  const names = (await openStore(lake.root).list(FOLDER)).filter((name) => /^\d+\.json$/.test(name));
  const claims = await Promise.all(names.map((name) => readJson<Claim>(lakePath(lake.root, FOLDER, name))));
  return claims.filter((claim) => claim !== undefined);
}

/** Above those of versions of a time at which numbers were not claimed. */
async function firstUnclaimed(lake: Lake): Promise<number> {
  const manifests = await listThemesManifests(lake);
  return Math.max(1, ...manifests.map(({ next, themes }) => next ?? themes + 1));
}

/** Three digits at least, so that ids are in the order of their births. */
export function themeId(number: number): string {
  return `t${digits(number)}`;
}

export function groupId(number: number): string {
  return `g${digits(number)}`;
}

function digits(number: number): string {
  return String(number).padStart(3, '0');
}
