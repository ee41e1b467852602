/** Airflow from PyPI with a home of its own, for tests of DAGs. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { type Engine, engine } from './engine.ts';
import { COMPILED_WHEN_RUN, pythonVenv } from './python-venv.ts';

const run = promisify(execFile);

const VERSIONS = { 3: 'apache-airflow==3.3.2', 2: 'apache-airflow==2.11.2' } as const;
const RUFF = 'ruff==0.17.6';

export interface TaskState {
  task: string;
  /** -1 of a task that is not mapped. */
  index: number;
  state: string;
  tries: number;
}

export interface Airflow {
  /** Folder of the DAGs. */
  dags: string;
  env: NodeJS.ProcessEnv;
  python: string;
  /** The program `airflow`. */
  program: string;
  /** What `airflow ARGS` prints, on both streams; throws for another exit code than 0. */
  call(...args: string[]): Promise<string>;
  /** Of the newest run of the DAG. */
  tasks(dag: string): TaskState[];
  /** How the newest run of the DAG ended, or that it goes on. */
  state(dag: string): string | undefined;
  stop(): Promise<void>;
}

/** Its database is there, and empty. `stop` removes the home. */
export async function airflow(major: 2 | 3, providers: readonly string[] = []): Promise<Engine<Airflow>> {
  return await engine(`Airflow ${major}`, async () => {
    const venv = await pythonVenv([VERSIONS[major], ...providers], COMPILED_WHEN_RUN.pipFlags);
    if (!venv.ok) throw new Error(venv.reason);
    const home = await mkdtemp(join(tmpdir(), 'throughline-airflow-'));
    const program = join(dirname(venv.python), 'airflow');
    const dags = join(home, 'dags');
    await mkdir(dags);
    const env = {
      ...{ ...process.env, ...COMPILED_WHEN_RUN.env },
      AIRFLOW_HOME: home,
      AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
      AIRFLOW__CORE__UNIT_TEST_MODE: 'False',
      // Its parents may have put other Pythons there.
      PATH: `${dirname(venv.python)}:${process.env.PATH}`,
    };
    const call = async (...args: string[]) => {
      const { stdout, stderr } = await run(program, args, { env, maxBuffer: 64 * 1024 * 1024 });
      return stdout + stderr;
    };
    await call('db', 'migrate');
    const read = (sql: string, dag: string) => {
      const database = new DatabaseSync(join(home, 'airflow.db'), { readOnly: true });
      try {
        return database.prepare(sql).all(dag);
      } finally {
        database.close();
      }
    };
    return {
      ...{ dags, env, python: venv.python, program, call },
      tasks: (dag) =>
        read(
          `SELECT task_id AS task, map_index AS "index", state, try_number AS tries FROM task_instance
           WHERE run_id = (SELECT run_id FROM dag_run WHERE dag_id = ? ORDER BY id DESC LIMIT 1) ORDER BY 1, 2`,
          dag,
        ) as unknown as TaskState[],
      state: (dag) =>
        read('SELECT state FROM dag_run WHERE dag_id = ? ORDER BY id DESC LIMIT 1', dag)[0]?.state as
          | string
          | undefined,
      stop: () => rm(home, { recursive: true, force: true }),
    } satisfies Airflow;
  });
}

/** What ruff finds in the file; throws where it finds anything. */
export async function ruff(): Promise<Engine<{ check: (file: string, rules: string) => Promise<string> }>> {
  return await engine('ruff', async () => {
    const venv = await pythonVenv([RUFF]);
    if (!venv.ok) throw new Error(venv.reason);
    return {
      check: async (file: string, rules: string) => {
        const args = ['check', '--isolated', '--preview', '--line-length', '120', '--select', rules, file];
        return (await run(join(dirname(venv.python), 'ruff'), args)).stdout;
      },
    };
  });
}
