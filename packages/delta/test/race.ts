/** Many processes write one table, some of them are killed again and again, and one reads: on any store. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Commit, createTable, history, openTable } from '../src/index.ts';
import { openStore } from '../src/store/store.ts';
import { add, SCHEMA } from './table.ts';

export interface Race {
  root: string;
  /** Processes that write at the same time; the second half of them is killed. */
  writers: number;
  /** Commits of each. */
  commits: number;
  /** Kills of each of the second half. */
  kills: number;
  /** The moments of the kills follow from it. */
  seed: number;
}

export interface Finish {
  /** By the commit's name: the version that the process said it had. */
  acknowledged: Map<string, number>;
  kills: number;
  /** How often the reader read the whole table. */
  reads: number;
}

/** Runs until every process has made its commits. Throws when one ends other than by its kill. */
export async function runRace(race: Race): Promise<Finish> {
  await createTable(race.root, { schema: SCHEMA, partitionColumns: ['part'] });
  const acknowledged = new Map<string, number>();
  const reader = startReader(race.root);
  const random = randomOf(race.seed);
  const writers = namesOf(race).map((name, index) => {
    const isKilled = index >= race.writers / 2;
    return runWriter(race, name, isKilled ? race.kills : 0, random, acknowledged);
  });
  const kills = (await Promise.all(writers)).reduce((sum, count) => sum + count, 0);
  return { acknowledged, kills, reads: await reader.stop() };
}

/** Every commit is in the log once, every acknowledged one where it was said to be, and no version is torn. */
export async function checkRace(race: Race, { acknowledged }: Finish): Promise<void> {
  const all = namesOf(race).flatMap((name) => commitNames(name, race.commits));
  const entries = await history(race.root);
  assert.equal(entries.length, 1 + all.length, 'one version a commit, and the first');
  const logged = new Map(entries.map(({ info, version }) => [info.commit, version]));
  for (const commit of all) assert.ok(logged.has(commit), `${commit} is in the log`);
  for (const [commit, version] of acknowledged) assert.equal(logged.get(commit), version, commit);
  const snapshot = await openTable(race.root);
  const paths = (await snapshot.files()).map(({ path }) => path);
  assert.deepEqual(paths, expectedFiles(snapshot.txns()));
  for (const name of namesOf(race)) assert.equal(snapshot.txn(name), race.commits);
  const store = openStore(race.root);
  for (const file of await store.list('_delta_log', '0')) {
    if (/^\d{20}\.json$/.test(file)) assert.match((await store.read(`_delta_log/${file}`))!, /}\n$/, file);
  }
}

/** Every third commit replaces the process's own partition; the others append to one that all share. */
export function changeOf(name: string, number: number): Commit {
  const txn = { appId: name, version: number };
  const info = { commit: `${name}-${number}` };
  if (number % 3 !== 0) return { operation: 'WRITE', add: [add(`${name}-${number}`, 'shared')], txn, info };
  const replace = { partition: { part: name } };
  return { operation: 'WRITE', add: [add(`${name}-${number}`, name)], replace, txn, info };
}

/** The files of a table in which each process has made its commits up to the version of its txn. */
export function expectedFiles(txns: ReadonlyMap<string, number>): string[] {
  const files = [...txns].flatMap(([name, made]) => {
    const lastReplace = made - (made % 3);
    return commitNames(name, made).filter((_, index) => (index + 1) % 3 !== 0 || index + 1 === lastReplace);
  });
  return files.sort();
}

function commitNames(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}

function namesOf({ writers }: Race): string[] {
  return Array.from({ length: writers }, (_, index) => `w${index}`);
}

const KILL_WITHIN_MS = 80;
const PAUSE_MS = 20;

/** Starts the process again after each kill, until it comes to its end by itself; returns how often it was killed. */
async function runWriter(
  { root, commits }: Race,
  name: string,
  kills: number,
  random: () => number,
  acknowledged: Map<string, number>,
): Promise<number> {
  for (let killed = 0; ; killed++) {
    // Who is to be killed takes its time, so that it is not done before.
    const pauseMs = killed < kills ? PAUSE_MS : 0;
    const child = start('committer.ts', root, name, String(commits), String(pauseMs));
    const lines = createInterface({ input: child.stdout! });
    lines.on('line', (line) => {
      const [word, commit, version] = line.split(' ');
      if (word === 'ack') acknowledged.set(commit!, Number(version));
    });
    const closed = once(child, 'close') as Promise<[number | null]>;
    if (killed < kills) {
      await Promise.race([closed, once(lines, 'line')]);
      await Promise.race([closed, sleep(random() * KILL_WITHIN_MS)]);
      child.kill('SIGKILL');
    }
    const [code] = await closed;
    if (code === 0) return killed;
    assert.equal(code, null, `${name} ended by the kill, not by an error`);
  }
}

function startReader(root: string): { stop(): Promise<number> } {
  const child = start('reader.ts', root);
  let output = '';
  child.stdout!.on('data', (chunk) => {
    output += chunk;
  });
  const closed = once(child, 'close');
  return {
    stop: async () => {
      child.stdin!.end();
      const [code] = await closed;
      assert.equal(code, 0, 'the reader never failed');
      return Number(output.split(' ')[1]);
    },
  };
}

function start(script: string, ...words: string[]): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, script), ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** Numbers from 0 to 1 that follow from the seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
