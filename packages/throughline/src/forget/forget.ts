/** A privacy request: records go from all that a lake holds of them. */
import { openTable } from '@throughline/delta';
import type { LoadedConfig } from '../config/index.ts';
import type { Build } from '../lake/build.ts';
import { markForgotten } from '../lake/forgotten.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { type Derivation, type DeriveEffects, deriveAnew } from './derive-anew.ts';
import { editMentions } from './edit-mentions.ts';
import { findHolders, refusePinned } from './holders.ts';
import { lakeContent, namesOf } from './lake-content.ts';
import { prove, type Trace } from './prove.ts';
import { type Purged, purgeHistory } from './purge.ts';
import { removeRows, removeUnread } from './remove-rows.ts';
import { scrubFiles } from './scrub-files.ts';
import { settleLedger } from './settle-ledger.ts';
import { allBuilds, readSubject, type Subject } from './subject.ts';

export interface Forgotten extends Derivation {
  /** How many ids were asked for. */
  ids: number;
  /** Rows that went, by table (its folder below the lake). */
  rows: Record<string, number>;
  /** Rows that spoke of the records and stay without, by table. */
  edited: Record<string, number>;
  /** Reports that were cleaned or removed. */
  reports: string[];
  purged?: Purged;
  /** What is left, where it was looked for. */
  proof?: Proof;
}

export interface Proof {
  traces: Trace[];
  /** Beginnings of texts that other records have as well: they say nothing. */
  shared: number;
}

/**
 * In such an order that the same again finishes what was killed: what is found by the passages (hashes, themes) goes before
 * the passages, and what is made of them after them. `purge`: earlier versions too, at once; then it is looked for in
 * every file. Throws with exit code 78, before anything, where a pinned run holds one of the records.
 */
export async function forget(
  loaded: LoadedConfig,
  lake: Lake,
  { ids, purge }: { ids: ReadonlySet<string>; purge: boolean },
  effects: DeriveEffects,
): Promise<Forgotten> {
  const { clock, tell } = effects;
  const before = await allBuilds(lake);
  await refusePinned(lake, before, ids);
  // First: a run that begins now brings none of them back.
  await markForgotten(lake, ids, clock);
  const subject = await readSubject(before, ids);
  const removed = await removeEverywhere(lake, before, subject, clock);
  const builds = await allBuilds(lake);
  for (const build of builds) await settleLedger(lake, build, clock);
  const derived = await deriveAnew(loaded, lake, await findHolders(lake, builds, ids), effects);
  const reports = await scrubFiles(lake, (await lakeContent(lake)).files, subject);
  const told = { ids: ids.size, ...removed, reports, ...derived };
  if (!purge) return told;
  tell('Removing earlier versions of the tables ...');
  const purged = await purgeHistory(lake, clock);
  tell('Looking for what is left in every file ...');
  return { ...told, purged, proof: await prove(lake, subject) };
}

async function removeEverywhere(
  lake: Lake,
  builds: readonly Build[],
  subject: Subject,
  clock: () => number,
): Promise<Pick<Forgotten, 'rows' | 'edited'>> {
  const [rows, edited]: Record<string, number>[] = [{}, {}];
  const columnOf = (table: string) =>
    builds.find(({ info }) => table === `builds/${info.digest}/dead_letters`)?.info.mapping.id;
  for (const table of inOrder((await lakeContent(lake)).tables)) {
    const root = lakePath(lake.root, ...namesOf(table));
    const changed = await editMentions(await openTable(root), table, subject, clock);
    if (changed > 0) edited![table] = changed;
    let gone = await removeRows(await openTable(root), subject, clock);
    if (table.endsWith('/dead_letters'))
      gone += await removeUnread(await openTable(root), subject, columnOf(table), clock);
    if (gone > 0) rows![table] = gone;
  }
  return { rows: rows!, edited: edited! };
}

/** Passages come last, records before them: the others are found by what these hold. */
function inOrder(tables: readonly string[]): string[] {
  const rank = (table: string) =>
    table.startsWith('builds/') ? 1 + ['records', 'passages'].indexOf(namesOf(table).at(-1)!) : 0;
  return tables.toSorted((a, b) => rank(a) - rank(b));
}
