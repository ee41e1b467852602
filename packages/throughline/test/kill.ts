/** Kills a run at a chosen moment. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended, start } from './cli.ts';
import type { Project } from './project.ts';
import { publications, untilPublished } from './publications.ts';

export const PHASES = ['read', 'embed', 'publish', 'index', 'themes'] as const;
export type Phase = (typeof PHASES)[number];

/** What stderr says when a phase begins; publication has no line of its own. */
const SIGNS: Record<Exclude<Phase, 'publish'>, string> = {
  read: 'Reading the source',
  embed: 'chunks to do',
  index: 'Building the search index',
  themes: 'Finding themes',
};

export interface Kill {
  phase: Phase;
  /** Waited after the phase has begun. */
  delayMs: number;
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs and kills; returns the milliseconds at which the kill came, or undefined if the run was done before. */
export async function runAndKill(
  { folder, lake }: Project,
  { phase, delayMs }: Kill,
): Promise<number | undefined> {
  const before = await publications(lake);
  const started = performance.now();
  const child = start(['run', '--json'], { cwd: folder });
  const result = ended(child);
  if (phase === 'publish') await untilPublished(lake, before + 1, child);
  else await printed(child, SIGNS[phase]);
  await sleep(delayMs);
  const at = performance.now() - started;
  child.kill('SIGKILL');
  const { code, signal, stderr } = await result;
  if (signal === 'SIGKILL') return at;
  if (code === 0) return undefined;
  throw new Error(`the run ended with ${code} before it was killed: ${stderr}`);
}

/** Resolves when the text is on stderr, or the process has ended. */
function printed(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve) => {
    let seen = '';
    child.stderr!.on('data', (data: string) => {
      seen += data;
      if (seen.includes(text)) resolve();
    });
    child.once('close', () => resolve());
  });
}
