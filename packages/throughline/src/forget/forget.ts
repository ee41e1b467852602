/** A privacy request: records go from all that a lake holds of them. */
import { openTable } from '@throughline/delta';
import { durationMs, type LoadedConfig } from '../config/index.ts';
import { openSession } from '../engine/local/session.ts';
import type { Build } from '../lake/build.ts';
import { markForgotten } from '../lake/forgotten.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { type Derivation, type DeriveEffects, deriveAnew } from './derive-anew.ts';
import { editMentions } from './edit-mentions.ts';
import { findHolders, refusePinned } from './holders.ts';
import { lakeContent, namesOf } from './lake-content.ts';
import { prove, type Trace, withoutShared } from './prove.ts';
import { type Purged, purgeHistory, refuseAtWork } from './purge.ts';
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
  /** How many ids were looked for, and how many beginnings of texts: those that the tables still had when it began. */
  ids: number;
  texts: number;
  /** Beginnings of texts that other records have as well: they say nothing. */
  shared: number;
}

/**
 * In such an order that the same again finishes what was killed: what is found by the passages (hashes, themes) goes before
 * the passages, and what is made of them after them. `purge`: earlier versions too, at once; then it is looked for in
 * every file. Throws, before anything, with exit code 78 where a pinned run holds one of the records, and with 75 where `purge` is
 * asked for while a run is at work.
 */
export async function forget(
  loaded: LoadedConfig,
  lake: Lake,
  { ids, purge }: { ids: ReadonlySet<string>; purge: boolean },
  effects: DeriveEffects,
): Promise<Forgotten> {
  const { clock, tell } = effects;
  const before = await allBuilds(lake);
  const leaseMs = durationMs(loaded.config.share.lease);
  if (purge) await refuseAtWork(lake, leaseMs, clock);
  await refusePinned(lake, before, ids);
  // First: a run that begins now brings none of them back.
  await markForgotten(lake, ids, clock);
  const subject = await readSubject(before, ids);
  const own = await ownOf(lake, subject);
  const removed = await removeEverywhere(lake, before, own, clock);
  const builds = await allBuilds(lake);
  for (const build of builds) await settleLedger(lake, build, clock);
  const derived = await deriveUntilNone(loaded, lake, { ids, isPurge: purge }, effects);
  const reports = await scrubFiles(lake, (await lakeContent(lake)).files, own);
  const told = { ids: ids.size, ...removed, reports, ...derived };
  if (!purge) return told;
  tell('Removing earlier versions of the tables ...');
  await refuseAtWork(lake, leaseMs, clock);
  const purged = await purgeHistory(lake, clock);
  tell('Looking for what is left in every file ...');
  return { ...told, purged, proof: await prove(lake, subject) };
}

/** What is said of a text that other records have too is not said of this one, and stays. */
async function ownOf(lake: Lake, subject: Subject): Promise<Subject> {
  await using session = await openSession();
  return (await withoutShared(lake, subject, session)).looked;
}

/** What another process has derived meanwhile of the tables as they were is found by another look. */
async function deriveUntilNone(
  loaded: LoadedConfig,
  lake: Lake,
  { ids, isPurge }: { ids: ReadonlySet<string>; isPurge: boolean },
  effects: DeriveEffects,
): Promise<Derivation> {
  const all: Derivation = { removed: [] };
  for (let look = 1; look <= MOST_LOOKS; look++) {
    const holders = await findHolders(lake, await allBuilds(lake), ids);
    if (look > 1 && Object.values(holders).every((versions) => versions.size === 0)) break;
    const { removed, ...made } = await deriveAnew(loaded, lake, { holders, isPurge }, effects);
    Object.assign(all, made);
    all.removed.push(...removed);
  }
  return all;
}

/** What is there after so many looks stays whoever looks; the proof names it. */
const MOST_LOOKS = 5;

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
