/** The worker processes of a Spark that this machine runs. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Pids of the workers that embed now and were unpacked below `folder`. */
export async function embeddingWorkers(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const exe = await readlink(`/proc/${pid}/exe`).catch(() => '');
    if (!exe.startsWith(`${folder}/`)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.split('\0').includes('embed')) found.push(Number(pid));
  }
  return found;
}

/** Waits until a worker embeds that is none of `before`, and then some more. Throws after two minutes. */
export async function whileEmbedding(
  folder: string,
  before: readonly number[],
  afterMs = 500,
): Promise<number[]> {
  const fresh = async () => (await embeddingWorkers(folder)).filter((pid) => !before.includes(pid));
  for (let i = 0; i < 1_200; i++) {
    if ((await fresh()).length > 0) {
      await sleep(afterMs);
      return await fresh();
    }
    await sleep(100);
  }
  throw new Error(`no worker embeds below ${folder}`);
}

/** Waits until no worker computes: one that nobody reads any more is left with its pipes, and ends by itself later. */
export async function untilIdle(folder: string): Promise<void> {
  let before = -1;
  for (let i = 0; i < 60; i++) {
    const ticks = await Promise.all((await embeddingWorkers(folder)).map(cpuTicks));
    const now = ticks.reduce((sum, one) => sum + one, 0);
    if (now - before <= 2 && before >= 0) return;
    before = now;
    await sleep(1_000);
  }
  throw new Error(`workers still embed below ${folder}`);
}

async function cpuTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}
