/** The six things that go wrong. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rename, rm, statfs, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { MARKS } from '../../../../fake-api/asked.ts';
import { ended, start } from '../cli.ts';
import { type Complaint, toCsv } from '../complaints.ts';
import { publications, untilPublished } from '../publications.ts';
import type { Scenario, Stage } from './scenario.ts';

const execute = promisify(execFile);

/** Three of the new rows. */
function spoiledPlaces(rows: readonly Complaint[], fresh: number): number[] {
  return [1, 2, 3].map((part) => rows.length - Math.ceil((fresh * part) / 4));
}

const badFile: Scenario = {
  name: 'A bad file',
  broken:
    'the file comes with three rows cut off and one in another encoding; `acceptance.deadLetterRate` is 3 %',
  mended: 'the file is delivered again',
  ...{ command: 'throughline run', alert: 'limit_unmet', exit: 65 },
  async disturb({ made, rows, fresh }, run) {
    const places = spoiledPlaces(rows, fresh);
    const sound = rows.filter((_, i) => !places.includes(i));
    // Short of their last columns.
    const torn = places.map(
      (i) => `${rows[i]!.complaint_id},${rows[i]!.date_received},${rows[i]!.product}\n`,
    );
    const latin = Buffer.from('x-1,2018-10-02,Mortgage,,,,Caf\xe9,CA,The bank has charged me\n', 'latin1');
    await made.write('data.csv', Buffer.concat([Buffer.from(toCsv(sound) + torn.join('')), latin]));
    return made.run(...run);
  },
  mend: ({ made, source }) => made.write('data.csv', source),
};

const schemaDrift: Scenario = {
  name: 'Schema drift',
  broken: 'the column `sub_issue` comes as `sub_issue_code`; `quality` has `{ check: schema }`',
  mended: 'nothing: the new name is the right one',
  ...{ command: 'throughline run --accept-schema', alert: 'quality_failed', exit: 65 },
  async disturb({ made, source }, run) {
    await made.write('data.csv', source.replace('sub_issue', 'sub_issue_code'));
    return made.run(...run);
  },
  mend: async () => {},
};

const apiDown: Scenario = {
  name: 'An API that is down',
  broken: 'the embeddings API refuses connections when new rows come',
  mended: 'the API is up again',
  ...{ command: 'throughline run', alert: 'chunk_failed', exit: 69, withApi: true },
  async disturb({ made, source, api }, run) {
    await api!.stop();
    await made.write('data.csv', source);
    return made.run(...run);
  },
  mend: ({ api }) => api!.start(),
};

const poison: Scenario = {
  name: 'Poison rows',
  broken: 'three of the new rows have texts that the embeddings API refuses, answers with NaN, or fails at',
  mended: 'the rows are mended in the source',
  ...{ command: 'throughline dlq retry', alert: 'dead_letters', exit: 0, withApi: true },
  async disturb({ made, rows, fresh }, run) {
    const places = spoiledPlaces(rows, fresh);
    const marks = Object.values(MARKS);
    const spoiled = rows.map((row, i) => {
      const which = places.indexOf(i);
      return which < 0 ? row : { ...row, narrative: `${row.narrative} ${marks[which % marks.length]}` };
    });
    await made.write('data.csv', toCsv(spoiled));
    return made.run(...run);
  },
  mend: ({ made, source }) => made.write('data.csv', source),
};

/** Room on the small disk beside what is there. */
const ROOM = 60_000;

const fullDisk: Scenario = {
  name: 'A full disk',
  broken: 'the disk that the lake is on gets full while new rows are written',
  mended: 'the disk gets more room',
  ...{ command: 'throughline run', alert: 'run_failed', exit: 73 },
  async prepare({ made, after }) {
    const disk = await mkdtemp(join(tmpdir(), 'throughline-drill-disk-'));
    after(() => rm(disk, { recursive: true, force: true }));
    try {
      await execute('mount', ['-t', 'tmpfs', '-o', 'size=500m', 'tmpfs', disk]);
    } catch {
      return 'a small disk cannot be mounted by this user';
    }
    after(() => execute('umount', [disk]));
    await cp(made.lake, join(disk, 'lake'), { recursive: true, preserveTimestamps: true });
    await rename(made.lake, `${made.lake}-before`);
    await symlink(join(disk, 'lake'), made.lake);
    await resize(disk, (await usedBytes(disk)) + ROOM);
    disks.set(made.lake, disk);
    return undefined;
  },
  async disturb({ made, source }, run) {
    await made.write('data.csv', source);
    return made.run(...run);
  },
  mend: ({ made }) => resize(disks.get(made.lake)!, 500_000_000),
};

/** The disk that a lake was put on. */
const disks = new Map<string, string>();

async function resize(disk: string, bytes: number): Promise<void> {
  await execute('mount', ['-o', `remount,size=${bytes}`, disk]);
}

async function usedBytes(disk: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(disk);
  return (blocks - bfree) * bsize;
}

const killedHost: Scenario = {
  name: 'A killed host',
  broken: 'every process of the run gets SIGKILL after it has published its first chunk',
  ...{ command: 'throughline run', alert: 'run_killed', exit: null },
  async disturb({ made, source }, run) {
    await made.write('data.csv', source);
    const before = await publications(made.lake);
    const child = start(run, { cwd: made.folder, ownGroup: true });
    const result = ended(child);
    const closed = once(child, 'close');
    await untilPublished(made.lake, before + 1, child);
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL');
    await closed;
    await sleep(0);
    return result;
  },
  mend: async (_stage: Stage) => {},
};

export const SCENARIOS: readonly Scenario[] = [badFile, schemaDrift, apiDown, poison, fullDisk, killedHost];
