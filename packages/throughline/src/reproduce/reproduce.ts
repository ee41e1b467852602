/** Makes the tables of a run again, in a lake of their own, and says whether they are the same. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import type { LoadedConfig } from '../config/index.ts';
import { openSession } from '../engine/local/session.ts';
import { openEngine } from '../engine/open.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { BUILD_TABLES, type Build, existingBuild } from '../lake/build.ts';
import { existingLake, type Lake, openLake, rememberRule } from '../lake/lake.ts';
import { isRemote } from '../lake/lake-path.ts';
import {
  findRun,
  prepare,
  type RunEffects,
  type RunEntry,
  type RunOptions,
  type RunResult,
  resultOf,
  runPipeline,
  type TrackedResult,
} from '../run/index.ts';
import { circumstances, modelChanged } from './circumstances.ts';
import { recordedConfig } from './recorded-config.ts';
import { checkChunks, checkFiles, chunkDigests } from './recorded-source.ts';
import { recordedTables } from './recorded-tables.ts';
import { isSame, type TableDifference, tableDifference } from './table-difference.ts';
import { themeDifferences } from './theme-difference.ts';
import { whyThemesDiffer } from './themes-follow.ts';

export interface Reproduction {
  run: string;
  /** The lake that was made; gone again where nobody named one and all is the same. */
  into: string;
  identical: boolean;
  tables: TableDifference[];
  /** What is other than it was and need not matter, and what was not compared; as sentences. */
  notes: string[];
}

export interface ReproduceRequest {
  run: string;
  /** A folder that is not there yet, or empty. */
  into?: string | undefined;
}

/** What names a row of each table, and which columns tell of the run and not of the data. */
const SHAPES = {
  records: { key: ['_chunk', '_id'] },
  passages: { key: ['_passage'] },
  dead_letters: {
    key: ['_chunk', '_step', '_id', '_code', '_payload'],
    without: ['_attempt', '_run', '_seen'],
  },
} as const;

/**
 * Throws with exit code 66 where the source or a version of the tables is not there any more, 78 where settings or the model are not:
 * each with what it is. Another version of the code or another platform is a note.
 */
export async function reproduce(
  loaded: LoadedConfig,
  lake: Lake,
  { run: name, into: wanted }: ReproduceRequest,
  effects: RunEffects,
): Promise<Reproduction> {
  const entry = await findRun(lake, name);
  const { run } = entry;
  const result = resultOf(entry);
  const recorded = await recordedTables(lake, run, result);
  const into = await freshFolder(lake, wanted);
  let isKept = wanted !== undefined;
  try {
    const config = recordedConfig(entry, loaded.config, into);
    await checkFiles(entry, loaded.directory);
    const again: LoadedConfig = { ...loaded, config };
    const notes = await circumstances(entry);
    await checkModel(again, entry, effects);
    const digests = await chunkDigests(lake, recorded);
    for (const chunk of result.vanished) digests.delete(chunk);
    const made = await makeAgain(again, recorded, optionsOf(entry, [...digests.keys()]), effects);
    const other = await existingLake(into);
    const build = await existingBuild(other, made.build);
    checkChunks(run, digests, await chunkDigests(other, build));
    const tables = await compareTables(recorded, build, result.vanished);
    const themes = await compareThemes({ lake, result }, { lake: other, result: made });
    if (result.vanished.length > 0)
      notes.push(
        `not compared: ${result.vanished.length} chunks that the source did not have any more when it was read: ${result.vanished.slice(0, 3).join(', ')}`,
      );
    const found = [...tables, ...themes.tables];
    const identical = found.every(isSame);
    isKept = wanted !== undefined || !identical;
    return { run, into, identical, tables: found, notes: [...notes, ...themes.notes] };
  } finally {
    if (!isKept) await rm(into, { recursive: true, force: true });
  }
}

/** Throws with exit code 73 for a folder that holds something, or that the lake is in. */
async function freshFolder({ root }: Lake, wanted: string | undefined): Promise<string> {
  if (wanted === undefined) return await mkdtemp(join(tmpdir(), 'throughline-reproduce-'));
  const folder = resolve(wanted);
  const isInLake = !isRemote(root) && `${folder}${sep}`.startsWith(`${resolve(root)}${sep}`);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (!isInLake && names.length === 0) return folder;
  throw new ThroughlineError(isInLake ? `${wanted} is in the lake itself` : `${wanted} is not empty`, {
    code: 'folder_taken',
    exitCode: EXIT.cannotWrite,
    hint: 'Name a folder that is not there yet: --into DIR',
  });
}

async function checkModel(
  again: LoadedConfig,
  entry: RunEntry,
  { reporter, signal }: RunEffects,
): Promise<void> {
  await using engine = await openEngine(again, { tell: reporter.info, signal });
  const { model } = await prepare(again, engine, { tell: reporter.info, signal });
  await modelChanged(entry, model);
}

/** Chunks are named where the run was of some of them: the tables had these, and no others. */
function optionsOf({ manifest }: RunEntry, chunks: string[]): RunOptions {
  const { sample, from, to, chunks: some, only, skipThemes } = (manifest.options ?? {}) as RunOptions;
  const isWhole = from === undefined && to === undefined && some === undefined;
  // Later steps work on what others have mapped.
  return { sample, only: only === 'map' ? only : undefined, skipThemes, ...(!isWhole && { chunks }) };
}

async function makeAgain(
  again: LoadedConfig,
  recorded: Build,
  options: RunOptions,
  effects: RunEffects,
): Promise<RunResult> {
  const lake = await openLake(again.config.lake, again.config.name, effects.newId);
  // What the planner chose then, it might not choose now.
  await rememberRule(lake, recorded.info.rule);
  const made = await runPipeline(again, options, effects);
  const [failed] = made.failures;
  if (!failed) return made;
  throw new ThroughlineError(`${made.failures.length} chunks failed, as ${failed.chunk}: ${failed.message}`, {
    code: failed.code,
    exitCode: failed.exitCode,
    hint: 'Mend what the message says, then reproduce again.',
  });
}

async function compareTables(
  recorded: Build,
  again: Build,
  withoutChunks: readonly string[],
): Promise<TableDifference[]> {
  await using session = await openSession();
  const found: TableDifference[] = [];
  for (const table of BUILD_TABLES.toReversed())
    found.push(
      await tableDifference(session, recorded.tables[table], again.tables[table], {
        table,
        withoutChunks,
        ...SHAPES[table],
      }),
    );
  return found;
}

async function compareThemes(
  recorded: { lake: Lake; result: TrackedResult },
  again: { lake: Lake; result: RunResult },
): Promise<{ tables: TableDifference[]; notes: string[] }> {
  const { themes } = recorded.result;
  if (themes === undefined) return { tables: [], notes: [] };
  const why = await whyThemesDiffer(recorded.lake, recorded.result);
  if (why !== undefined) return { tables: [], notes: [`themes are not compared: ${why}`] };
  if (again.result.themes === undefined)
    return { tables: [], notes: ['themes are not compared: this time none were made'] };
  await using session = await openSession();
  const tables = await themeDifferences(
    session,
    { lake: recorded.lake, version: themes },
    { lake: again.lake, version: again.result.themes },
  );
  return { tables, notes: [NOT_OF_THEMES] };
}

const NOT_OF_THEMES =
  'of themes, ids, names, groups, representatives, layout, themes of records and the time of their first sight are not compared: ids go on from the themes before';
