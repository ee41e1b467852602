import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { modelDirectory } from '@throughline/model-minilm';
import { cacheDirectory } from '../../engines/made-once.ts';
import { pythonVenv } from '../../engines/python-venv.ts';

/** One of the original's backends, running all-MiniLM-L6-v2 in a process of its own. */
export interface Backend {
  readonly name: string;
  /** Seconds that `encode` took, in the process itself. With `save`, writes the vectors there as float32. */
  encode(texts: readonly string[], batch: number, save?: string): Promise<number>;
  close(): void;
}

/** The backends that can be had here; what is left out, and why, is told to `skipped`. */
export async function openBackends(threads: number, skipped: (what: string) => void): Promise<Backend[]> {
  const lines = (await readFile(join(HERE, 'requirements.txt'), 'utf8')).split('\n').filter(Boolean);
  const engine = await pythonVenv(lines, ['--no-deps']);
  if (!engine.ok) {
    skipped(`sentence-transformers: ${engine.reason.slice(-300)}`);
    return [];
  }
  const { folder, backends } = await prepare(engine.python, lines);
  const opened: Backend[] = [];
  for (const { backend, ok, reason } of backends) {
    if (ok) opened.push(await open(engine.python, folder, backend, threads));
    else skipped(`sentence-transformers ${backend}: ${reason}`);
  }
  return opened;
}

const HERE = import.meta.dirname;

interface Prepared {
  readonly backend: string;
  readonly ok: boolean;
  readonly reason?: string;
}

/** Exports the backends' models once, into a folder named after everything that they are made from. */
async function prepare(python: string, requirements: readonly string[]) {
  const script = join(HERE, 'prepare.py');
  const calibration = join(modelDirectory(), '../make/calibration.jsonl');
  const inputs = [
    requirements.join('\n'),
    ...(await Promise.all([script, calibration].map((p) => readFile(p)))),
  ];
  const digest = inputs.reduce((hash, input) => hash.update(input), createHash('sha256')).digest('hex');
  const folder = join(cacheDirectory(), `sentence-transformers-${digest.slice(0, 16)}`);
  const report = join(folder, 'backends.jsonl');
  if ((await readFile(report, 'utf8').catch(() => '')) === '') {
    const making = `${folder}.${process.pid}`;
    await mkdir(making, { recursive: true });
    const { stdout } = await promisify(execFile)(python, [script, making, calibration], {
      maxBuffer: 1 << 26,
    });
    const lines = stdout.split('\n').filter((line) => line.startsWith('{"backend"'));
    await writeFile(join(making, 'backends.jsonl'), `${lines.join('\n')}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(making, folder);
  }
  const lines = (await readFile(report, 'utf8')).split('\n').filter(Boolean);
  return { folder, backends: lines.map((line): Prepared => JSON.parse(line)) };
}

async function open(python: string, folder: string, name: string, threads: number): Promise<Backend> {
  const arguments_ = [join(HERE, 'serve.py'), folder, name, String(threads)];
  const environment = { ...process.env, OMP_NUM_THREADS: String(threads), TOKENIZERS_PARALLELISM: 'true' };
  const child = spawn(python, arguments_, { env: environment, stdio: 'pipe' });
  const ask = conversation(child, name);
  await ask();
  return {
    name,
    encode: async (texts, batch, save) => {
      child.stdin.write(`${JSON.stringify({ texts, batch, save: save ?? null })}\n`);
      return Number((await ask()).seconds);
    },
    close: () => child.stdin.end(),
  };
}

/** A function that resolves with the process's next line, or rejects with the end of its stderr when it ended. */
function conversation(child: ChildProcessWithoutNullStreams, name: string) {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-2000);
  });
  return async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`sentence-transformers ${name} ended: ${errors}`);
    return JSON.parse(value);
  };
}
