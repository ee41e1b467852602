import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Spark } from './spark.ts';
import { java, spawnWithUs } from './with-us.ts';

/** One of Spark's own processes. */
export interface SparkProcess {
  pid: number;
  /** What `ready` found in the log. */
  found: RegExpExecArray;
  /** Asks it to end and waits; after 30 s it is killed. */
  stop(): Promise<void>;
}

export interface SparkMain {
  /** The class to run, with its arguments. */
  main: string;
  args?: readonly string[];
  /** Java's own properties: Spark reads those that begin with `spark.`. */
  properties?: Readonly<Record<string, string>>;
  /** Largest heap, as Java writes it: `512m`. */
  heap: string;
  /** Further options of Java. */
  options?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Working folder. */
  folder: string;
  /** What it says on standard error goes here. */
  log: string;
  /** The line of the log that says that it is ready. */
  ready: RegExp;
}

const START_MS = 120_000;

/**
 * Starts a class of Spark's on Java and waits until it is ready. It ends with this process, however this one ends.
 */
export async function startSpark(spark: Spark, what: SparkMain): Promise<SparkProcess> {
  const { child, stop } = spawnWithUs([java(), ...javaArguments(spark, what)], {
    cwd: what.folder,
    env: { ...process.env, ...spark.env, SPARK_HOME: spark.home, SPARK_SCALA_VERSION: '2.13', ...what.env },
  });
  const ended = once(child, 'exit');
  child.stderr!.pipe(createWriteStream(what.log));
  try {
    const found = await Promise.race([
      lineOf(child.stderr!, what),
      ended.then(() => failed(what)),
      late(what),
    ]);
    return { pid: child.pid!, found, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function javaArguments(
  { home, jars }: Spark,
  { main, args = [], properties = {}, heap, options = [], folder }: SparkMain,
): string[] {
  const settings = Object.entries(properties).map(([key, value]) => `-D${key}=${value}`);
  const classPath = [join(home, 'jars', '*'), ...jars].join(delimiter);
  return [
    ...MODULES,
    `-Xmx${heap}`,
    ...options,
    `-Djava.io.tmpdir=${folder}`,
    ...settings,
    '-cp',
    classPath,
    main,
    ...args,
  ];
}

/** What Spark 4 needs of Java 17: `spark-submit` gives the same. */
const OPENED = [
  ...['lang', 'lang.invoke', 'lang.reflect', 'io', 'net', 'nio', 'util', 'util.concurrent'].map(
    (p) => `java.${p}`,
  ),
  ...['java.util.concurrent.atomic', 'jdk.internal.ref', 'sun.nio.ch', 'sun.nio.cs'],
  ...['sun.security.action', 'sun.util.calendar'],
];
const MODULES = [
  '-XX:+IgnoreUnrecognizedVMOptions',
  '--add-modules=jdk.incubator.vector',
  ...OPENED.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
  '-Djdk.reflect.useDirectMethodHandle=false',
  '-Dio.netty.tryReflectionSetAccessible=true',
];

async function lineOf(stderr: NodeJS.ReadableStream, { ready, main }: SparkMain): Promise<RegExpExecArray> {
  for await (const line of createInterface({ input: stderr })) {
    const found = ready.exec(line);
    if (found !== null) return found;
  }
  throw new Error(`${main} closed its log before it was ready`);
}

function failed({ main, log }: SparkMain): never {
  throw new Error(`${main} ended before it was ready: see ${log}`);
}

async function late({ main, log }: SparkMain): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, START_MS).unref());
  throw new Error(`${main} was not ready after ${START_MS / 1000} s: see ${log}`);
}
