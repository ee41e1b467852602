/** Who claimed a chunk, precisely enough to know whether that process still runs. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** `host/boot/namespace/pid/start`: a process id alone is given again after a while, and after a reboot at once. */
export function thisProcess(): string {
  return [hostname(), bootId(), pidNamespace(), process.pid, startOf(process.pid) ?? 'unknown'].join('/');
}

/** Whether the owner runs; undefined if it is on another host or in another container, where nobody here can tell. */
export function isAlive(owner: string): boolean | undefined {
  const [host, boot, namespace, pid, start] = owner.split('/');
  if (host !== hostname()) return undefined;
  if (boot !== bootId()) return false;
  if (namespace !== pidNamespace()) return undefined;
  const now = startOf(Number(pid));
  if (now !== undefined || start !== 'unknown') return now === start;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function bootId(): string {
  return readOptional('/proc/sys/kernel/random/boot_id') ?? 'unknown';
}

/** `pid:[4026531836]`, from pid_namespaces(7): containers of one host have process ids of their own. */
function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return 'unknown';
  }
}

/** Start time in clock ticks since boot, from proc(5); undefined for no such process, or no /proc. */
function startOf(pid: number): string | undefined {
  const stat = readOptional(`/proc/${pid}/stat`);
  // The second field is the command in parentheses and may hold blanks; the state is field 3, the start field 22.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A killed process whose parent has not asked after it is dead all the same.
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
