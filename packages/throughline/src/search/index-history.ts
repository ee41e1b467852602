/** Which index versions have served, and which a person went back from. Beside the versions, which come and go. */
import { readJson, replaceJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';

export interface IndexHistory {
  /** Oldest first; a version that served twice is there twice. */
  promoted: Promotion[];
  withdrawn: string[];
}

interface Promotion {
  version: string;
  /** Milliseconds since 1970 UTC. */
  at: number;
}

/** More than anybody goes back. */
const KEPT = 100;

export async function readHistory(lake: Lake): Promise<IndexHistory> {
  return (await readJson<IndexHistory>(historyFile(lake))) ?? { promoted: [], withdrawn: [] };
}

/** A version that is promoted is withdrawn no longer. */
export async function recordPromotion(lake: Lake, version: string, at: number): Promise<void> {
  const { promoted, withdrawn } = await readHistory(lake);
  await replaceJson(historyFile(lake), {
    promoted: [...promoted, { version, at }].slice(-KEPT),
    withdrawn: withdrawn.filter((name) => name !== version),
  } satisfies IndexHistory);
}

export async function recordWithdrawal(lake: Lake, version: string): Promise<void> {
  const { promoted, withdrawn } = await readHistory(lake);
  await replaceJson(historyFile(lake), {
    promoted,
    withdrawn: [...withdrawn.filter((name) => name !== version), version].slice(-KEPT),
  } satisfies IndexHistory);
}

function historyFile(lake: Lake): string {
  return lakePath(lake.root, 'index-history.json');
}
