/** Removes from the lake's tables what no version needs any more: of failed attempts, and of what was replaced. */
import { DeltaError, vacuum } from '@throughline/delta';
import { openStore } from '@throughline/delta/store';
import { EXIT, ThroughlineError } from '../error.ts';
import { BUILD_TABLES } from './build.ts';
import type { Lake } from './lake.ts';
import { lakePath } from './lake-path.ts';
import { tableIfThere } from './table-if-there.ts';
import { LAKE_TABLES } from './table-names.ts';

export interface VacuumLakeOptions {
  /** Only tells. */
  dryRun: boolean;
  /** Milliseconds; a week unless given. */
  retentionMs?: number | undefined;
  clock: () => number;
}

export interface VacuumedTable {
  /** Path below the lake. */
  table: string;
  files: number;
  bytes: number;
}

/**
 * All tables of all builds, and those that builds share. Versions of pinned runs stay readable. Not the vectors, which a run tidies
 * up, nor versions of index and themes, which are whole each. Throws with exit code 64 for a retention that readers and
 * writers at work could not bear.
 */
export async function vacuumLake(
  lake: Lake,
  { dryRun, retentionMs, clock }: VacuumLakeOptions,
): Promise<VacuumedTable[]> {
  const found: VacuumedTable[] = [];
  for (const names of await tablesOf(lake)) {
    const snapshot = await tableIfThere(lakePath(lake.root, ...names));
    if (!snapshot) continue;
    const options = { dryRun, clock, ...(retentionMs === undefined ? {} : { retentionMs }) };
    const { files, bytes } = await vacuum(snapshot, options).catch(explained);
    found.push({ table: names.join('/'), files: files.length, bytes });
  }
  return found;
}

async function tablesOf(lake: Lake): Promise<string[][]> {
  const builds = await openStore(lake.root).list('builds');
  return [
    ...builds.flatMap((build) => BUILD_TABLES.map((table) => ['builds', build, table])),
    ...[...LAKE_TABLES, 'quality'].map((table) => [table]),
  ];
}

function explained(error: unknown): never {
  if (!(error instanceof DeltaError) || !error.code.startsWith('RETENTION_')) throw error;
  throw new ThroughlineError(error.message.split(': ')[0]!, {
    code: error.code.toLowerCase(),
    exitCode: EXIT.usage,
    hint: 'Give another --retention: at least a week, and no longer than the log reaches back.',
    cause: error,
  });
}
