/** Apache Spark with Delta Lake, for tests and benches. */
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Engine, engine } from './engine.ts';
import { mavenJars } from './maven-jars.ts';
import { pythonVenv } from './python-venv.ts';

const run = promisify(execFile);

export interface Spark {
  /** An interpreter that can `import pyspark`. */
  python: string;
  /** Spark's own folder, with `jars` in it: its SPARK_HOME. */
  home: string;
  /** Delta's jars, and those of readers: what Spark does not bring along. */
  jars: string[];
  /** What a process needs in its environment besides ours: the time zone is UTC, servers are on loopback. */
  env: Record<string, string>;
}

const VERSION = '4.1.1';
const DELTA = ['io.delta:delta-spark_4.1_2.13:4.1.0', 'io.delta:delta-storage:4.1.0'];
/** What Spark reads by jars that it does not bring along. */
const READERS = {
  kafka: `org.apache.spark:spark-sql-kafka-0-10_2.13:${VERSION}`,
  postgres: 'org.postgresql:postgresql:42.7.8',
};
export type Reader = keyof typeof READERS;
/** Spark has these itself. */
const SPARK_HAS = ['org.scala-lang', 'org.slf4j', 'org.apache.logging.log4j', 'com.google.code.findbugs'];
const SPARK_HAS_FOR_READERS = ['org.apache.hadoop', 'org.lz4', 'org.xerial.snappy', 'org.checkerframework'];

/**
 * Spark 4.1 with Delta 4.1: PySpark, which contains Spark's jars, in a Python environment, and Delta by Maven, as are the `readers`.
 * Some 900 MB in the user's cache, made once; it takes Java 17 or newer and Maven on the PATH.
 */
export async function spark(readers: readonly Reader[] = []): Promise<Engine<Spark>> {
  return await engine('Spark with Delta', async () => {
    await checkTools();
    const venv = await pythonVenv([`pyspark==${VERSION}`]);
    if (!venv.ok) throw new Error(venv.reason);
    const jars = [
      ...(await mavenJars({ coordinates: DELTA, excludeGroups: SPARK_HAS })),
      ...(await jarsOf(readers)),
    ];
    const home = await sparkHome(venv.python);
    const env = { TZ: 'UTC', SPARK_LOCAL_IP: '127.0.0.1', PYSPARK_PYTHON: venv.python };
    return { python: venv.python, home, jars, env };
  });
}

async function jarsOf(readers: readonly Reader[]): Promise<string[]> {
  if (readers.length === 0) return [];
  const coordinates = readers.map((reader) => READERS[reader]);
  return await mavenJars({ coordinates, excludeGroups: [...SPARK_HAS, ...SPARK_HAS_FOR_READERS] });
}

async function sparkHome(python: string): Promise<string> {
  const find = 'import importlib.util; print(importlib.util.find_spec("pyspark").origin)';
  return dirname((await run(python, ['-c', find])).stdout.trim());
}

const OLDEST_JAVA = 17;

/** Throws an error that names every tool that is missing. */
async function checkTools(): Promise<void> {
  const missing = (await Promise.all([javaProblem(), mavenProblem()])).filter(
    (problem) => problem !== undefined,
  );
  if (missing.length > 0) throw new Error(missing.join('; '));
}

/** Spark takes the Java of JAVA_HOME before that of the PATH. */
async function javaProblem(): Promise<string | undefined> {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const needed = `Java ${OLDEST_JAVA} or newer`;
  const said = await run(java, ['-version']).catch(() => undefined);
  if (said === undefined) return `${needed} is missing (${java} cannot be run)`;
  const version = /version "(\d+)/.exec(said.stderr)?.[1];
  return Number(version) >= OLDEST_JAVA ? undefined : `${needed} is missing (${java} is Java ${version})`;
}

async function mavenProblem(): Promise<string | undefined> {
  const found = await run('mvn', ['--version']).catch(() => undefined);
  return found === undefined ? 'Maven is missing (mvn cannot be run)' : undefined;
}
