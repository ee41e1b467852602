/** BERTopic on the vectors of a set, in a process of its own that stays warm. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonVenv } from '../../engines/python-venv.ts';
import { CACHE } from '../collections.ts';
import type { LabelledSet } from './sets.ts';

const REQUIREMENTS = [
  ...['bertopic==0.17.4', 'numpy==2.2.6', 'scipy==1.15.3', 'scikit-learn==1.6.1', 'joblib==1.5.1'],
  ...[
    'umap-learn==0.5.7',
    'threadpoolctl==3.6.0',
    'pynndescent==0.5.13',
    'numba==0.61.2',
    'llvmlite==0.44.0',
  ],
  ...['hdbscan==0.8.40', 'pandas==2.2.3', 'python-dateutil==2.9.0.post0', 'pytz==2025.2', 'six==1.17.0'],
  ...['tzdata==2025.2', 'tqdm==4.67.1', 'packaging==25.0', 'pyyaml==6.0.2'],
];

export interface BertopicFit {
  seconds: number;
  cpuSeconds: number;
  /** Which texts were fitted, ascending. */
  items: number[];
  /** Of each item; -1: none. */
  topics: number[];
  /** The same after its outlier reduction. */
  reduced: number[];
  keywords: string[][];
}

export interface BertopicOptions {
  share?: number;
  seed?: number;
  reduce?: boolean;
}

export interface Bertopic extends AsyncDisposable {
  /** Undefined when it takes longer than `limit` seconds: then it is stopped, and answers no more. */
  fit(options: BertopicOptions, limit?: number): Promise<BertopicFit | undefined>;
}

/** Undefined where it cannot be installed, which is said. Resolves when it is warm. */
export async function openBertopic(set: Omit<LabelledSet, 'labels'>): Promise<Bertopic | undefined> {
  const venv = await bertopicVenv();
  if (!venv) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'throughline-bertopic-'));
  const files = [join(folder, 'vectors.f32'), join(folder, 'texts.json')] as const;
  await writeFile(files[0], set.vectors);
  await writeFile(files[1], JSON.stringify(set.texts));
  const script = join(import.meta.dirname, 'theirs.py');
  const child = spawn(venv, [script, ...files, String(set.dimension)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  if ((await lines.next()).value !== 'warm') throw new Error('BERTopic did not start');
  return {
    async fit({ share = 1, seed = 0, reduce = false }, limit) {
      const timer = limit === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), limit * 1000);
      child.stdin.write(`${JSON.stringify({ share, seed, reduce })}\n`);
      const { value, done } = await lines.next();
      clearTimeout(timer);
      return done ? undefined : (JSON.parse(value) as BertopicFit);
    },
    async [Symbol.asyncDispose]() {
      await ended(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function bertopicVenv(): Promise<string | undefined> {
  const engine = await pythonVenv(REQUIREMENTS, ['--no-deps']);
  if (engine.ok) return engine.python;
  console.error(`themes: BERTopic skipped, ${engine.reason}`);
  return undefined;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.stdin!.end();
  });
}

/**
 * `runs` fits, kept in the user's cache folder, for what does not depend on the machine: not for their seconds. Undefined where
 * BERTopic cannot be installed.
 */
export async function bertopicFits(
  set: LabelledSet,
  runs: number,
  share = 1,
): Promise<BertopicFit[] | undefined> {
  const digest = createHash('sha256').update(JSON.stringify(REQUIREMENTS)).update(set.vectors).digest('hex');
  const path = join(CACHE, 'themes', `bertopic-${digest.slice(0, 16)}-${runs}-${share}.json`);
  if (existsSync(path)) return JSON.parse(await readFile(path, 'utf8'));
  console.error(`themes: ${runs} fits of BERTopic on ${100 * share} % of ${set.name}`);
  await using bertopic = await openBertopic(set);
  if (!bertopic) return undefined;
  const fits: BertopicFit[] = [];
  for (let seed = 0; seed < runs; seed++) fits.push((await bertopic.fit({ share, seed, reduce: true }))!);
  await mkdir(join(CACHE, 'themes'), { recursive: true });
  await writeFile(path, JSON.stringify(fits));
  return fits;
}
