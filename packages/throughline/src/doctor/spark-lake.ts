/** Whether this machine and the cluster mean one place by the lake, and whether the cluster reads tables there. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { commit, createTable, field, struct, writeParquet } from '@throughline/delta';
import { openStore } from '@throughline/delta/store';
import type { SparkSession } from '../engine/spark/cluster.ts';
import type { Places } from '../engine/spark/places.ts';
import { openScratch, SCRATCH } from '../engine/spark/scratch.ts';
import { sparkName } from '../engine/spark/sql.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { isRemote } from '../lake/lake-path.ts';
import { reasonOf, sparkCode } from './spark-error.ts';

export interface LakeProbe extends AsyncDisposable {
  /** Each side reads a file of the other. */
  exchange(): Promise<string>;
  /** The cluster reads a Delta table that this machine has made. */
  readDelta(): Promise<string>;
}

/** A side's place, and what lies there. */
interface Probed {
  session: SparkSession;
  places: Places;
  lakeRoot: string;
  /** Names of the table's folder, from the lake's root. */
  table: readonly string[];
  /** What only this probe can have written. */
  word: string;
  remove(): Promise<void>;
}

const FILE = 'word.parquet';
const SCHEMA = struct([field('word', 'string')]);

/** Makes a small table among the lake's temporary files when it is first asked; it goes with the probe. */
export function openLakeProbe(session: SparkSession, places: Places, lakeRoot: string): LakeProbe {
  let made: Promise<Probed> | undefined;
  const make = () => {
    made ??= makeTable(session, places, lakeRoot);
    return made;
  };
  return {
    async exchange() {
      const probed = await make();
      // First, because what the cluster writes to another place nobody here can remove.
      await readOurs(probed);
      await readTheirs(probed);
      return `the cluster and this machine read each other's files: ${places.cluster()} is ${lakeRoot}`;
    },
    readDelta: async () => readTable(await make()),
    async [Symbol.asyncDispose]() {
      const probed = await made?.catch(() => undefined);
      await probed?.remove();
    },
  };
}

async function makeTable(session: SparkSession, places: Places, lakeRoot: string): Promise<Probed> {
  const word = randomUUID();
  const removeFolders = await madeFolders(lakeRoot);
  const scratch = await openScratch(lakeRoot, `probe-${word}`);
  const remove = async () => {
    await scratch.remove();
    await removeFolders();
  };
  const table = [...scratch.folder, 'table'];
  try {
    const root = places.local(...table);
    const snapshot = await createTable(root, { schema: SCHEMA, name: 'probe' });
    const part = { root, schema: SCHEMA, partitionColumns: [], partition: {}, name: FILE };
    const add = await writeParquet(part, [{ rows: 1, columns: { word: [word] } }]);
    await commit(snapshot, { operation: 'WRITE', operationParameters: { mode: 'Append' }, add });
    return { session, places, lakeRoot, table, word, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Folders of a disk that were not there before go again, where nobody has put something there meanwhile. */
async function madeFolders(lakeRoot: string): Promise<() => Promise<void>> {
  if (isRemote(lakeRoot)) return async () => {};
  const scratch = join(lakeRoot, SCRATCH);
  const first = await mkdir(scratch, { recursive: true });
  return async () => {
    if (first === undefined) return;
    for (const name of await readdir(scratch).catch(() => []))
      await rmdir(join(scratch, name)).catch(() => {});
    for (let folder = scratch; folder.length >= first.length; folder = dirname(folder))
      await rmdir(folder).catch(() => {});
  };
}

/** As a file, so that it is the lake that is asked for, and not Delta. */
async function readOurs(probed: Probed): Promise<void> {
  const { session, places, table, word } = probed;
  const found = await session
    .execute(
      `CREATE OR REPLACE TEMPORARY VIEW tl_probe (word STRING) USING parquet OPTIONS (${places.pathOption(...table, FILE)})`,
    )
    .then(() => session.rows('SELECT word FROM tl_probe'))
    .catch((error) => {
      throw notShared(probed, `the cluster cannot read ${places.cluster(...table, FILE)}, which is`, error);
    });
  if (found[0]?.word === word) return;
  throw notShared(probed, `the cluster reads something else at ${places.cluster(...table, FILE)}, which is`);
}

/** Where a run has them written too: in a folder of a table. */
async function readTheirs(probed: Probed): Promise<void> {
  const { session, places, lakeRoot, table } = probed;
  const folder = [...table, 'attempt'];
  await session.write('SELECT 1 AS one', places.cluster(...folder)).catch((error) => {
    throw new ThroughlineError(
      `the cluster cannot write to ${places.cluster(...folder)}: ${reasonOf(error)}`,
      {
        code: 'lake_not_writable',
        exitCode: EXIT.cannotWrite,
        hint: 'The user, or the role, of the executors has to write to the lake. See "Settings of the cluster" in docs/spark.md.',
        cause: error,
      },
    );
  });
  const store = openStore(lakeRoot);
  let seen = false;
  for await (const { path } of store.walk(folder.join('/'))) {
    if (!path.endsWith('.parquet')) continue;
    seen = true;
    await store.read(path);
  }
  if (!seen)
    throw notShared(
      probed,
      `what the cluster writes to ${places.cluster(...folder)}, and which stays there, is not seen in`,
    );
  await store.removeFolder(folder.join('/'));
}

/** A table that the cluster does not see is not the fault of Delta, and was said by `exchange`. */
const UNSEEN = ['PATH_NOT_FOUND', 'DELTA_PATH_DOES_NOT_EXIST', 'DELTA_TABLE_NOT_FOUND'];

async function readTable({ session, places, table }: Probed): Promise<string> {
  const name = sparkName(places.cluster(...table));
  try {
    await session.rows(`SELECT word FROM delta.${name}`);
    return 'Delta Lake reads a table that this machine has made';
  } catch (error) {
    if (UNSEEN.includes(sparkCode(error) ?? '')) return 'Delta Lake is there, and does not see the lake';
    throw new ThroughlineError(`the cluster does not read Delta tables: ${reasonOf(error)}`, {
      code: 'delta_missing',
      exitCode: EXIT.unavailable,
      hint: 'It takes the package of Delta Lake and two settings. See "Plain Spark" in docs/spark.md.',
      cause: error,
    });
  }
}

function notShared({ places, table }: Probed, what: string, cause?: unknown): ThroughlineError {
  const reason = cause === undefined ? '' : `: ${reasonOf(cause)}`;
  return new ThroughlineError(`${what} ${places.local(...table)} on this machine${reason}`, {
    code: 'lake_not_shared',
    exitCode: EXIT.config,
    hint: `Mount the lake there, or name it as the cluster does (engine.lake; now ${places.cluster()}). See "What it needs" in docs/spark.md.`,
    cause,
  });
}
