import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readlink, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/**
 * A folder below `parent` that belongs to this process, made now; only the user may look inside. Folders of
 * processes that ended are swept away first: those of this host at once, those of other hosts (a shared home,
 * another container) when nothing in them changed for a week.
 */
export async function processFolder(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const host = await thisHost();
  for (const name of await readdir(parent)) {
    if (await isDead(parent, name, host)) await rm(join(parent, name), { recursive: true, force: true });
  }
  const folder = join(parent, `${process.pid}-${host}-${startOf()}-${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

async function isDead(parent: string, name: string, here: string): Promise<boolean> {
  const match = /^(\d+)-([0-9a-f]{8})-(\d+)-/.exec(name);
  if (match === null) return false;
  const [pid, host, start] = [Number(match[1]), match[2], match[3]];
  // Container after container has the same few process ids.
  if (host === here) return pid === process.pid ? start !== startOf() : !isAlive(pid);
  const age = await stat(join(parent, name)).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  return age > WEEK_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When this process began: milliseconds since the epoch. */
function startOf(): string {
  return String(Math.trunc(performance.timeOrigin));
}

/** Where a process id means something: the host, and on Linux the container. */
async function thisHost(): Promise<string> {
  const space = await readlink('/proc/self/ns/pid').catch(() => '');
  return createHash('sha256').update(`${hostname()} ${space}`).digest('hex').slice(0, 8);
}
