import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AddFile,
  checkpoint,
  commit,
  createTable,
  field,
  openTable,
  type Snapshot,
  struct,
} from '../../packages/delta/src/index.ts';

const SCHEMA = struct([field('day', 'string'), field('id', 'long')]);
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);

/** The action of a file that is not there: a log is opened without its files. */
function addOf(day: string, name: string, number: number): AddFile {
  const stats = `{"numRecords":100,"minValues":{"id":${number * 100}},"maxValues":{"id":${number * 100 + 99}},"nullCount":{"id":0}}`;
  return {
    path: `day=${day}/${name}.parquet`,
    partitionValues: { day },
    size: 4096,
    modificationTime: START_MS,
    dataChange: true,
    stats,
  };
}

/** A table of so many commits, each of which appends a file, with checkpoints. */
export async function writeCommits(root: string, commits: number): Promise<void> {
  let snapshot = await createTable(root, { schema: SCHEMA, partitionColumns: ['day'] });
  for (let number = 1; number < commits; number++) {
    const change = { operation: 'WRITE', add: [addOf('2024-01-01', `part-${number}`, number)] };
    // Every tenth, as is the default, would write the whole list a thousand times to make this table.
    const checkpointInterval = number % 1000 > 980 ? 10 : 1000;
    snapshot = (await commit(snapshot, change, { checkpointInterval })).snapshot;
  }
}

export const DAYS = 365;
export const COMMITS_A_DAY = 2880; // one every 30 seconds
const LOGGED_DAYS = 30; // the retention of the log
export const APP_ID = 'stream/0';

/**
 * What a year of micro-batches leaves: daily partitions, a log of the last 30 days with a commit every 30 seconds,
 * the txn of the stream, checkpoints. With `optimized`, each day but the last was joined to one file at its end, and
 * the last week's small files are tombstones; else all 1,051,200 files are live.
 */
export async function writeYear(root: string, optimized: boolean): Promise<Snapshot> {
  let snapshot = await createTable(root, {
    schema: SCHEMA,
    partitionColumns: ['day'],
    clock: () => START_MS,
  });
  for (let day = 0; day < DAYS - LOGGED_DAYS; day++) {
    const name = dayName(day);
    const add = optimized
      ? [addOf(name, 'joined', day)]
      : batchesOf(day).map((batch) => addOf(name, `${batch}`, batch));
    const change = { operation: 'WRITE', add, txn: { appId: APP_ID, version: (day + 1) * COMMITS_A_DAY } };
    snapshot = (
      await commit(snapshot, change, { clock: clockOf(day, COMMITS_A_DAY), checkpointInterval: 1e9 })
    ).snapshot;
  }
  await checkpoint(snapshot, { clock: clockOf(DAYS - LOGGED_DAYS, 0) });
  let version = snapshot.version;
  for (let day = DAYS - LOGGED_DAYS; day < DAYS; day++) {
    version = await writeDay(root, day, version);
    if (!optimized || day === DAYS - 1) continue;
    const opened = await openTable(root);
    const change = {
      operation: 'OPTIMIZE',
      add: [addOf(dayName(day), 'joined', day)],
      replace: { partition: { day: dayName(day) } },
      dataChange: false,
    };
    const options = { clock: clockOf(day, COMMITS_A_DAY), checkpointInterval: 1e9 };
    snapshot = (await commit(opened, change, options)).snapshot;
    await checkpoint(snapshot, { clock: clockOf(day, COMMITS_A_DAY) });
    version = snapshot.version;
  }
  snapshot = await openTable(root);
  await checkpoint(snapshot, { clock: clockOf(DAYS, 0) });
  return snapshot;
}

/** The commits of a day, as `commit` writes them, but not forced to the disk one by one: that takes twenty minutes. */
async function writeDay(root: string, day: number, after: number): Promise<number> {
  const log = join(root, '_delta_log');
  await mkdir(log, { recursive: true });
  for (const batch of batchesOf(day)) {
    const timestamp = clockOf(day, batch - day * COMMITS_A_DAY)();
    const commitInfo = {
      timestamp,
      operation: 'WRITE',
      operationParameters: { mode: 'Append' },
      isBlindAppend: true,
    };
    const actions = [
      { commitInfo },
      { txn: { appId: APP_ID, version: batch, lastUpdated: timestamp } },
      { add: addOf(dayName(day), `${batch}`, batch) },
    ];
    const version = after + batch - day * COMMITS_A_DAY;
    const text = actions.map((action) => `${JSON.stringify(action)}\n`).join('');
    await writeFile(join(log, `${String(version).padStart(20, '0')}.json`), text);
  }
  return after + COMMITS_A_DAY;
}

/** The numbers of a day's batches, counted from 1 over the year. */
function batchesOf(day: number): number[] {
  return Array.from({ length: COMMITS_A_DAY }, (_, index) => day * COMMITS_A_DAY + index + 1);
}

function dayName(day: number): string {
  return new Date(START_MS + day * DAY_MS).toISOString().slice(0, 10);
}

function clockOf(day: number, batch: number): () => number {
  return () => START_MS + day * DAY_MS + batch * 30_000;
}
