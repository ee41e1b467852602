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

/** Waits until at least one worker embeds, and then some more. Throws after a minute and a half. */
export async function whileEmbedding(folder: string, afterMs = 500): Promise<number[]> {
  for (let i = 0; i < 900; i++) {
    const workers = await embeddingWorkers(folder);
    if (workers.length > 0) {
      await sleep(afterMs);
      return await embeddingWorkers(folder);
    }
    await sleep(100);
  }
  throw new Error(`no worker embeds below ${folder}`);
}

export async function untilNoWorker(folder: string): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if ((await embeddingWorkers(folder)).length === 0) return;
    await sleep(100);
  }
  throw new Error(`workers still embed below ${folder}`);
}
