/** What columns of the source runs go by. */
import { digestOf } from '../lake/canonical.ts';
import { inTurn } from '../lake/in-turn.ts';
import { readJson, replaceJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { KeptCounts } from '../source/kafka/field-counts.ts';
import type { SourceColumn } from '../source/source-columns.ts';
import { listRuns } from './manifest.ts';
import type { RunResult } from './result.ts';
import type { RunOptions } from './run-options.ts';

/** What streams have brought by now: a follower may be killed before its run has an end, and a topic may bring little with each run. */
export interface KeptColumns {
  /** What later looks go by, and since when, in milliseconds since 1970 UTC; absent before the first one that was not refused. */
  known?: { at: number; columns: SourceColumn[] };
  /** What was seen last, where it was refused or nobody has judged it. */
  latest?: SourceColumn[];
  /** Too few messages to say anything. */
  counts?: KeptCounts;
  /** Mapped fields that some message had, however few: none of them is told as one that is nowhere. */
  seen?: string[];
}

export async function readKeptColumns(lake: Lake): Promise<KeptColumns> {
  return (await readJson<KeptColumns>(fileOf(lake))) ?? {};
}

/** In its turn in this process; only where something differs. */
export function changeKeptColumns(lake: Lake, change: (kept: KeptColumns) => KeptColumns): Promise<void> {
  return inTurn(fileOf(lake), async () => {
    const kept = await readKeptColumns(lake);
    const changed = change(kept);
    if (digestOf(changed) !== digestOf(kept)) await replaceJson(fileOf(lake), changed);
  });
}

/** What the last run saw that ended well and read the source, or a stream since. The history beside a stream judges no columns, and says nothing of them. */
export async function knownColumns(lake: Lake): Promise<SourceColumn[] | undefined> {
  const { known } = await readKeptColumns(lake);
  for (const { status, ended = 0, manifest } of await listRuns(lake)) {
    const seen = (manifest.result as Partial<RunResult> | undefined)?.sourceColumns;
    const isHistory = (manifest.options as RunOptions | undefined)?.history === true;
    if (status === 'done' && seen && !isHistory) return known && known.at > ended ? known.columns : seen;
  }
  return known?.columns;
}

function fileOf({ root }: Lake): string {
  return lakePath(root, 'source-columns.json');
}
