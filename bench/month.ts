/** The tables after a month of micro-batches: partitions, files, and what opening one takes. The clock is simulated, the commits are not. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openTable } from '@throughline/delta';
import { pastWindows } from '../packages/throughline/src/chunk/past-window.ts';
import { openCompactor } from '../packages/throughline/src/follow/index.ts';
import { streamLake, upsert } from '../packages/throughline/src/follow/testing/stream-lake.ts';
import { committedPosition } from '../packages/throughline/src/lake/stream-commit.ts';

export const description = 'partitions, files and opening of tables after days of 30-second micro-batches';

const DAYS = Number(process.env.BENCH_MONTH_DAYS ?? 30);
const EVERY_MS = 30_000;
const CHANGES = 3;
const COMPACT_EVERY = 16;
const FIRST = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const OPENINGS = 5;

type Row = Record<string, string | number>;

export default async function run(): Promise<Row[]> {
  await using stream = await streamLake();
  await using publisher = await stream.openPublisher();
  let now = FIRST;
  const clock = () => now;
  const compactor = openCompactor(pastWindows({ by: 'window', every: '1d', zone: 'UTC' }, clock), clock);
  let n = 0;
  for (let batch = 1; now < FIRST + DAYS * DAY_MS; batch++, now += EVERY_MS) {
    const day = new Date(now).toISOString();
    const changes = Array.from({ length: CHANGES }, () =>
      upsert(`r${n++}`, day, `They charged fee number ${n} twice`),
    );
    const after = committedPosition('pipeline', stream.build, 's/0');
    await publisher.publish({ stream: 's/0', after, to: n, changes });
    if (batch % COMPACT_EVERY === 0) await compactor.compact(stream.build);
    if (batch % 1_000 === 0) console.error(`${day.slice(0, 16)}: ${batch} micro-batches`);
  }
  await compactor.compact(stream.build);
  const rows: Row[] = [];
  for (const table of ['records', 'passages'] as const) {
    const { root } = stream.build.tables[table];
    const times: number[] = [];
    for (let i = 0; i < OPENINGS; i++) {
      const begun = performance.now();
      await (await openTable(root)).files();
      times.push(performance.now() - begun);
    }
    const files = await (await openTable(root)).files();
    const log = await readdir(join(root, '_delta_log'));
    rows.push({
      ...{ table, days: DAYS, commits: stream.build.tables[table].version },
      ...{
        partitions: new Set(files.map(({ partitionValues }) => partitionValues._chunk)).size,
        files: files.length,
      },
      'files in the log': log.length,
      'opening ms': Math.round(times.sort((a, b) => a - b)[2]!),
    });
  }
  return rows;
}
