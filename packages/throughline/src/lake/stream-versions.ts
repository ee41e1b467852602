/**
 * The two transactions that a stream has in each table of a build: one is how far it is, the other counts the commits of what was published once
 * more where it stands.
 */
import type { OnceOnly } from '@throughline/delta';
import type { Build, BuildTable } from './build.ts';

export interface TableVersions {
  /** How far the stream is. */
  recorded: number | null;
  /** How often something of it was committed once more. */
  again: number | null;
}

export interface OfStream {
  pipelineId: string;
  build: Build;
  stream: string;
}

/** The name of a transaction; of no chunk: those have the table in the third place. */
const NAMED = { recorded: 'stream', again: 'again' };

export function versionsIn(of: OfStream, table: BuildTable): TableVersions {
  const version = (what: keyof TableVersions) => of.build.tables[table].txn(nameOf(what, of, table)) ?? null;
  return { recorded: version('recorded'), again: version('again') };
}

/** Takes one of the two on to `version`, as long as both are what they were. */
export function nextOf(
  what: keyof TableVersions,
  of: OfStream,
  table: BuildTable,
  was: TableVersions,
  version: number,
): OnceOnly {
  const other = what === 'again' ? 'recorded' : 'again';
  const beside = new Map([[nameOf(other, of, table), was[other]]]);
  return { appId: nameOf(what, of, table), version, after: was[what], beside };
}

export function nameOf(
  what: keyof TableVersions,
  { pipelineId, build, stream }: OfStream,
  table: BuildTable,
): string {
  return `${pipelineId}/${build.info.digest}/${NAMED[what]}/${table}/${stream}`;
}
