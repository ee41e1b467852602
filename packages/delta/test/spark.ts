/** One Spark process for all tests of a file: started by the first question, ended after the last test. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { spark as findSpark } from '../../../engines/spark.ts';
import type { StructType } from '../src/index.ts';
import type { Row } from './plain.ts';

const engine = await findSpark();
/** For `test`: the reason why Spark is not there, or false. */
export const skip = engine.ok ? false : engine.reason;

export interface Answer {
  rows: Row[];
  schema: StructType;
}

/** Settings of Spark for one command. */
export type Conf = Record<string, string>;

/** Runs the statements; the rows and the schema of the last. */
export async function sql(statements: string | readonly string[], conf: Conf = {}): Promise<Answer> {
  return (await ask({ sql: [statements].flat(), conf })) as Answer;
}

/** The rows of the table in a folder, at its newest version. */
export async function read(root: string): Promise<Row[]> {
  return (await sql(`SELECT * FROM ${table(root)}`)).rows;
}

export interface Write {
  query: string;
  mode?: 'append' | 'overwrite';
  partitionBy?: readonly string[];
  /** Those of DataFrameWriter: `txnAppId`, `replaceWhere`, ... */
  options?: Record<string, string>;
}

/** Saves the rows of a query into the table in a folder. */
export async function write(root: string, { query, ...rest }: Write, conf: Conf = {}): Promise<void> {
  await ask({ write: root, query, ...rest, conf });
}

/** The table in a folder, in Spark's SQL. */
export function table(root: string): string {
  return `delta.\`${root}\``;
}

interface Process {
  child: ChildProcessWithoutNullStreams;
  ask(command: unknown): Promise<unknown>;
  folder: string;
}

let started: Promise<Process> | undefined;

async function ask(command: unknown): Promise<unknown> {
  started ??= start();
  return (await started).ask(command);
}

after(async () => {
  if (started === undefined) return;
  const { child, folder } = await started;
  child.stdin.end();
  const deadline = setTimeout(() => child.kill('SIGKILL'), 20_000);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  clearTimeout(deadline);
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<Process> {
  if (!engine.ok) throw new Error(engine.reason);
  const folder = await mkdtemp(join(tmpdir(), 'delta-spark-'));
  const script = join(import.meta.dirname, 'spark_delta.py');
  const child = spawn(engine.python, [script, ...engine.jars], {
    cwd: folder,
    env: { ...process.env, ...engine.env },
  });
  const said = tailOf(child);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let turn: Promise<unknown> = Promise.resolve();
  const one = async (command: unknown) => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error(`Spark ended: ${said()}`);
    const { result, error } = JSON.parse(value) as { result?: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return result;
  };
  return {
    child,
    folder,
    ask: (command) => {
      const answer = turn.then(() => one(command));
      turn = answer.catch(() => {});
      return answer;
    },
  };
}

const TAIL = 4000;

/** The last that the process said on stderr. */
function tailOf(child: ChildProcessWithoutNullStreams): () => string {
  let text = '';
  child.stdin.on('error', () => {}); // it ended: the answer that never comes says why
  child.stderr.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-TAIL);
  });
  return () => text;
}
