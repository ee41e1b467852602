import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTable, history, openTable } from '../src/index.ts';
import { emptyFolder, SCHEMA } from './table.ts';

const COMMITS = 25;
const NAMES = ['one', 'two', 'three', 'killed'];

test('four processes, one of them killed again and again: every commit is in the log once, none is torn', async (t) => {
  const root = await emptyFolder(t);
  await createTable(root, { schema: SCHEMA, partitionColumns: ['part'] });
  const acknowledged = new Map<string, number>();
  const steady = NAMES.slice(0, 3).map((name) => runToEnd(root, name, acknowledged));
  const kills = await runWithKills(root, 'killed', acknowledged);
  for (const code of await Promise.all(steady)) assert.equal(code, 0);
  assert.ok(kills > 0, 'the process was killed at least once');

  const entries = await history(root);
  const logged = new Map(entries.map(({ info, version }) => [info.commit as string | undefined, version]));
  const all = NAMES.flatMap((name) => Array.from({ length: COMMITS }, (_, index) => `${name}-${index + 1}`));
  assert.equal(entries.length, 1 + all.length, 'one version a commit, and the first');
  for (const commit of all) assert.ok(logged.has(commit), `${commit} is in the log`);
  for (const [commit, version] of acknowledged) assert.equal(logged.get(commit), version);

  const snapshot = await openTable(root);
  const lastReplace = COMMITS - (COMMITS % 3);
  const expected = all.filter((commit) => {
    const number = Number(commit.split('-')[1]);
    return number % 3 !== 0 || number === lastReplace;
  });
  assert.deepEqual(
    (await snapshot.files()).map((file) => file.path),
    expected.sort(),
  );
  for (const name of NAMES) assert.equal(snapshot.txn(name), COMMITS);
  for (const file of await readdir(join(root, '_delta_log'))) {
    if (!file.endsWith('.json')) continue;
    const text = await readFile(join(root, '_delta_log', file), 'utf8');
    assert.ok(text.endsWith('}\n'), `${file} is whole`);
  }
});

async function runToEnd(
  root: string,
  name: string,
  acknowledged: Map<string, number>,
): Promise<number | null> {
  const [code] = await once(start(root, name, acknowledged), 'close');
  return code as number | null;
}

/** Kills the process after a few acknowledged commits, starts it again, until it has got to its end by itself. */
async function runWithKills(root: string, name: string, acknowledged: Map<string, number>): Promise<number> {
  for (let kills = 0; ; kills++) {
    const child = start(root, name, acknowledged);
    const closed = once(child, 'close') as Promise<[number | null]>;
    if (kills < 6) {
      const before = acknowledged.size;
      await Promise.race([closed, once(child.stdout!, 'data')]);
      // A different moment of the commit each time.
      await sleep(kills * 3 + (acknowledged.size - before));
      child.kill('SIGKILL');
    }
    const [code] = await closed;
    if (code === 0) return kills;
    assert.equal(code, null, 'it ended by the kill, not by an error');
  }
}

function start(root: string, name: string, acknowledged: Map<string, number>): ChildProcess {
  const script = join(import.meta.dirname, 'committer.ts');
  // The process to be killed takes its time, so that it is not done before the first kill.
  const pauseMs = name === 'killed' ? '5' : '0';
  const child = spawn(process.execPath, [script, root, name, String(COMMITS), pauseMs], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [word, commit, version] = line.split(' ');
    if (word === 'ack') acknowledged.set(commit!, Number(version));
  });
  return child;
}
