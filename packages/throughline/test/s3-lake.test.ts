/** A lake in S3 is the lake that a folder would be. */
import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { openStore } from '@throughline/delta/store';
import { nightly } from '../../../engines/nightly.ts';
import type { SearchResult } from '../src/search/index.ts';
import type { IndexVersion } from '../src/search/versions.ts';
import { begun } from './begun.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Phase, random, runAndKill } from './kill.ts';
import { project } from './project.ts';
import { emptyLake, s3ForTests } from './s3.ts';
import { assertConsistent, assertSameLake } from './same-lake.ts';

const { skip, cache } = await s3ForTests();

/** Rows that live and rows that die, in 9 half-years. */
const DATA = toCsv([
  ...complaints(150),
  ...complaints(5).map((row, i) => ({ ...row, complaint_id: `dead-${i}`, narrative: ' ' })),
]);
const CONFIG = { chunk: { by: 'date_received', every: '6M' } };

/** Made once: tests of a lake that has run only read it. */
const promoted = begun(DATA, { ...CONFIG, lake: emptyLake() });

test('every command works on a lake in S3, and its tables are those of a local one', {
  skip: skip || nightly,
}, async (t) => {
  const local = await project(t, DATA, CONFIG);
  const ran = await local.call('run', '--json');
  assert.equal(ran.code, 0, ran.stderr);
  const { made: remote } = await promoted();
  await assertSameLake(remote, local);
  await assertConsistent(remote);
  const same: string[][] = [
    ['themes', '--json'],
    ['dlq', '--json'],
    ['plan', '--json'],
    ['search', 'debt collector calls', '--json'],
  ];
  for (const command of same) {
    const [here, there] = [await local.call(...command), await remote.call(...command)];
    assert.equal(there.code, 0, there.stderr);
    assert.deepEqual(comparable(there.json), comparable(here.json), command.join(' '));
  }
  const path = await remote.call<{ path: string }>('lake', 'path', 'records', '--json');
  assert.ok(path.json.path.startsWith(`${remote.lake}/builds/`), path.stdout);
  for (const command of [
    ['lake', 'history'],
    ['runs'],
    ['status'],
    ['themes', 'show', 't001'],
    ['doctor'],
    ['compare', local.lake, remote.lake],
  ]) {
    const { code, stderr } = await remote.call(...command);
    assert.equal(code, 0, `${command.join(' ')}: ${stderr}`);
  }
  assert.deepEqual(
    await readdir(remote.folder),
    ['data.csv', 'throughline.yaml'],
    'nothing is beside the config',
  );

  const again = await remote.run('run', '--json', '--skip-code');
  assert.equal(again.code, 99, again.stderr);
  assert.equal(again.json.chunks.done, 0);
});

/** Without what depends on the moment: dead letters have times, searches take some. */
function comparable(json: unknown): unknown {
  const moments = ['tookMs', 'seen', 'seconds', 'firstSeen', 'textsPerSecond'];
  return JSON.parse(JSON.stringify(json, (key, value) => (moments.includes(key) ? undefined : value)));
}

test('a machine that has never seen the lake searches it, and so does one whose copy is damaged', {
  skip,
}, async () => {
  const { made: remote } = await promoted();
  const search = async () => {
    const { code, json, stderr } = await remote.run<SearchResult>('search', 'debt', '--json');
    assert.equal(code, 0, stderr);
    return json.hits;
  };
  const expected = await search();
  assert.ok(expected.length > 0);
  const copies = join(cache, 'throughline', 'indexes');
  await rm(copies, { recursive: true });
  assert.deepEqual(await search(), expected);
  for (const name of await readdir(copies, { recursive: true }))
    if (name.endsWith('.proxima')) await writeFile(join(copies, name), 'damaged');
  assert.deepEqual(await search(), expected);
});

test('an index that has lost a file in S3 serves where there is a copy, and the next run builds it again', {
  skip: skip || nightly,
}, async (t) => {
  const remote = await project(t, toCsv(complaints(20)), { lake: emptyLake() });
  assert.equal((await remote.run('run')).code, 0);
  const search = () => remote.run<SearchResult>('search', 'debt', '--json');
  const expected = (await search()).json.hits;
  const store = openStore(remote.lake);
  const files: string[] = [];
  for await (const { path } of store.walk('indexes')) files.push(path);
  await store.remove(files.find((path) => path.endsWith('.proxima'))!);
  assert.deepEqual((await search()).json.hits, expected);
  const listed = await remote.run<{ versions: IndexVersion[] }>('index', 'list', '--json');
  assert.match(listed.json.versions[0]!.faults.join(), /\.proxima has no bytes instead of \d+$/);
  const copies = join(cache, 'throughline', 'indexes');
  await rm(copies, { recursive: true });
  assert.equal((await search()).code, 65);

  const { code, stderr } = await remote.run('run');
  assert.equal(code, 0, stderr);
  await rm(copies, { recursive: true });
  assert.deepEqual((await search()).json.hits, expected);
});

test('of the indexes and themes in S3 the last three stay', { skip: skip || nightly }, async (t) => {
  const remote = await project(t, undefined, { lake: emptyLake() });
  const made: string[] = [];
  for (let rows = 5; rows < 9; rows++) {
    await remote.write('data.csv', toCsv(complaints(rows)));
    const { code, json, stderr } = await remote.run('run', '--json');
    assert.equal(code, 0, stderr);
    made.push(json.index!);
  }
  const store = openStore(remote.lake);
  assert.deepEqual(await store.list('indexes'), made.slice(-3).sort());
  for (const folder of ['themes', 'assignments']) assert.equal((await store.list(folder)).length, 3, folder);
});

const KILLS: { phase: Phase; withinMs: number }[] = [
  { phase: 'embed', withinMs: 500 },
  { phase: 'publish', withinMs: 50 },
  { phase: 'publish', withinMs: 100 },
  { phase: 'index', withinMs: 1_500 },
  { phase: 'themes', withinMs: 500 },
];

test('killed while embedding, publishing, indexing and theming, a lake in S3 is that of a run that never was', {
  skip: skip || nightly,
}, async (t) => {
  const seed = Number(process.env.THROUGHLINE_SEED ?? 20_240_101);
  const next = random(seed);
  const local = await project(t, DATA, CONFIG);
  await local.run('run', '--json');
  const killed = await project(t, DATA, { ...CONFIG, lake: emptyLake() });
  let kills = 0;
  for (const { phase, withinMs } of KILLS) {
    const at = await runAndKill(killed, { phase, delayMs: Math.floor(next() * withinMs) });
    if (at !== undefined) kills++;
    t.diagnostic(
      `seed ${seed}: ${phase} ${at === undefined ? 'came too late' : `killed after ${Math.round(at)} ms`}`,
    );
  }
  assert.ok(kills >= 3, `${kills} kills`);
  const last = await killed.run('run', '--json');
  assert.equal(last.code, 0, last.stderr);
  await assertConsistent(killed);
  await assertSameLake(killed, local);
});
