/**
 * The tables after a month of micro-batches: partitions, files, and what opening one takes. The clock is simulated. Files and
 * commits are those of a stream, of rows that are mapped already: filter, mapper and model change nothing in how tables lie.
 * BENCH_MONTH_DAYS says how many days; with a folder in BENCH_MONTH_FOLDER it goes on where it was stopped there.
 */

import { createHash } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { openTable, type Snapshot } from '@throughline/delta';
import { dateChunk } from '../packages/throughline/src/chunk/chunk-id.ts';
import { NO_COUNTS } from '../packages/throughline/src/chunk/ledger.ts';
import { pastWindows } from '../packages/throughline/src/chunk/past-window.ts';
import { openSession } from '../packages/throughline/src/engine/local/session.ts';
import { type Live, passageBatch, recordBatch } from '../packages/throughline/src/engine/local/table-rows.ts';
import { openCompactor } from '../packages/throughline/src/follow/index.ts';
import { openBatchFiles } from '../packages/throughline/src/follow/stream-writer.ts';
import { streamLake } from '../packages/throughline/src/follow/testing/stream-lake.ts';
import { type Build, refreshTables } from '../packages/throughline/src/lake/build.ts';
import { commitStream, committedPosition } from '../packages/throughline/src/lake/stream-commit.ts';

export const description = 'partitions, files and opening of tables after days of 30-second micro-batches';

const DAYS = Number(process.env.BENCH_MONTH_DAYS ?? 30);
const FOLDER = process.env.BENCH_MONTH_FOLDER;
const EVERY_MS = 30_000;
const CHANGES = 3;
const COMPACT_EVERY = 16;
const DAY_MS = 86_400_000;
const OPENINGS = 5;

const STREAM = 's/0';
const PIPELINE = 'pipeline';
/** Those of the stream's lake. */
const ATTRIBUTES = [{ name: 'product', column: 'product', type: 'string' }] as const;
const DIMENSION = 8;

type Row = Record<string, string | number>;

export default async function run(): Promise<Row[]> {
  if (FOLDER) await mkdir(FOLDER, { recursive: true });
  await using stream = await streamLake('', FOLDER);
  await using session = await openSession();
  const { build } = stream;
  await refreshTables(build);
  const done = (committedPosition(PIPELINE, build, STREAM) ?? 0) / CHANGES;
  const first = firstDay(build);
  let now = first + done * EVERY_MS;
  const clock = () => now;
  const publish = await openPublish(build, session.connect, clock);
  const compactor = openCompactor(pastWindows({ by: 'window', every: '1d', zone: 'UTC' }, clock), clock);
  for (let batch = done + 1; now < first + DAYS * DAY_MS; batch++, now += EVERY_MS) {
    await publish(batch);
    if (batch % COMPACT_EVERY === 0) await compactor.compact(build);
    if ((now + EVERY_MS) % DAY_MS === 0)
      console.error(new Date(now).toISOString().slice(0, 10), await lieOf('records', build.tables.records));
  }
  await compactor.compact(build);
  return [await lieOf('records', build.tables.records), await lieOf('passages', build.tables.passages)];
}

/**
 * The day on which the tables were made, by the machine's clock: no commit is earlier than the one before, and so removed files get as old as
 * they would. The log's files are of this day, so that none is cleaned before its time.
 */
function firstDay({ tables }: Build): number {
  return Math.floor(tables.records.metadata.createdTime! / DAY_MS) * DAY_MS;
}

/** Publishes the micro-batch of a number, from 1. Its rows are of the clock's day. */
async function openPublish(
  build: Build,
  connect: () => Promise<DuckDBConnection>,
  clock: () => number,
): Promise<(batch: number) => Promise<void>> {
  const files = openBatchFiles();
  const connections = {
    dead_letters: await connect(),
    records: await connect(),
    passages: await connect(),
  };
  return async (batch) => {
    const chunk = dateChunk(new Date(clock()).toISOString().slice(0, 10));
    const attempt = { pipelineId: PIPELINE, build, chunk, attempt: 0, run: 'r', digest: '', clock };
    const writer = files.openWriter({ ...attempt, connections });
    const rows = Array.from({ length: CHANGES }, (_, i) => rowOf(CHANGES * (batch - 1) + i, clock()));
    const vectors = new Map(rows.map(({ record }) => [record.hash, new Float32Array(DIMENSION).fill(1)]));
    await writer.append('records', recordBatch(rows, ATTRIBUTES));
    await writer.append('passages', passageBatch(rows, ATTRIBUTES, vectors));
    await writer.publish({ ...NO_COUNTS });
    const committed = await commitStream({
      ...{ pipelineId: PIPELINE, build, stream: STREAM, clock, ...files.take(), deadIds: new Set() },
      ...{ after: committedPosition(PIPELINE, build, STREAM), to: CHANGES * batch },
      changed() {},
      told: { run: 'r', changes: CHANGES, records: CHANGES, passages: CHANGES, deadLetters: 0 },
    });
    if (!committed) throw new Error(`micro-batch ${batch} was not committed`);
  };
}

function rowOf(n: number, now: number): Live {
  const text = `They charged fee number ${n} twice`;
  const [id, hash] = [`r${String(n).padStart(9, '0')}`, createHash('sha256').update(text).digest('hex')];
  const place = { id, ordinal: 0, start: 0, end: text.length, text, tokens: 8, hash };
  return {
    record: { id, text, at: BigInt(now) * 1_000n, hash, attributes: ['card'] },
    passages: [{ passage: hash.slice(0, 32), ...place }],
  };
}

async function lieOf(table: string, { root, version }: Snapshot): Promise<Row> {
  const times: number[] = [];
  for (let i = 0; i < OPENINGS; i++) {
    const begun = performance.now();
    await (await openTable(root)).files();
    times.push(performance.now() - begun);
  }
  const files = await (await openTable(root)).files();
  return {
    ...{ table, days: DAYS, commits: version },
    partitions: new Set(files.map(({ partitionValues }) => partitionValues._chunk)).size,
    files: files.length,
    'files in the log': (await readdir(join(root, '_delta_log'))).length,
    'opening ms': Math.round(times.sort((a, b) => a - b)[Math.floor(OPENINGS / 2)]!),
  };
}
