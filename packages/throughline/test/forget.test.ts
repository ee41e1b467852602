/** A privacy request: records go from all that the lake holds of them, and it can be shown that they have. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { merge, openTable } from '@throughline/delta';
import { openLedger } from '../src/chunk/ledger.ts';
import { loadConfig } from '../src/config/index.ts';
import { allBuilds, type Forgotten, forget, type Proof, prove, readSubject } from '../src/forget/index.ts';
import { buildTableRoot } from '../src/lake/build.ts';
import { existingLake, readCurrent } from '../src/lake/lake.ts';
import { listRuns } from '../src/run/manifest.ts';
import { pinRun, unpinRun } from '../src/run/pin-run.ts';
import { openSearcher } from '../src/search/index.ts';
import { recordFeedback } from '../src/serve/feedback-table.ts';
import { listThemes } from '../src/theme/index.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';
import { type Row, readBuild, readTable } from './tables.ts';

const ROWS = complaints(60).map((row) => ({ ...row, narrative: row.narrative.slice(0, 300) }));
/** The last has no text: a dead letter. */
const GONE = [ROWS[3]!, ROWS[20]!, ROWS[41]!];
const DATA = toCsv(ROWS.map((row) => (row === GONE[2] ? { ...row, narrative: '' } : row)));
const IDS = GONE.map(({ complaint_id: id }) => id);
const ASKED = IDS.flatMap((id) => ['--id', id]);
const CHANGE = {
  themes: { count: 4 },
  quality: [
    {
      check: 'sql',
      name: 'chosen',
      severity: 'warn',
      query: `SELECT _id FROM records WHERE _id = '${IDS[0]}'`,
    },
  ],
};

const speaks = (value: unknown) => {
  const text = JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
  return GONE.filter(
    ({ complaint_id: id, narrative }) =>
      text.includes(id) || text.includes(JSON.stringify(narrative.slice(0, 64)).slice(1, -1)),
  ).length;
};

async function found({ lake }: Project): Promise<string[]> {
  await using searcher = await openSearcher(await existingLake(lake));
  const answers = await Promise.all(
    GONE.flatMap(({ narrative: query }) =>
      (['semantic', 'keyword'] as const).map((mode) => searcher.search({ query, mode, limit: 20 })),
    ),
  );
  return answers.flatMap(({ hits }) => hits.map(({ recordId }) => recordId));
}

async function derivedRows({ lake }: Project): Promise<Row[]> {
  const rows: Row[] = [];
  for (const folder of ['assignments', 'record_themes', 'themes'])
    for (const version of await readdir(join(lake, folder)))
      rows.push(...(await readTable(join(lake, folder, version))));
  return rows;
}

async function everyByte({ lake }: Project): Promise<string> {
  const entries = await readdir(lake, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

function killedAt(words: RegExp) {
  return (message: string) => {
    if (words.test(message)) throw new Error('killed');
  };
}

/** Of each chunk, what was reported last is what the tables hold. */
async function reportsAddUp({ lake }: Project): Promise<void> {
  const { build } = await readCurrent(await existingLake(lake));
  const { states } = await openLedger(await existingLake(lake), build!);
  const tables = await readBuild(lake);
  for (const [chunk, { done }] of states) {
    const rows = (of: Row[]) => of.filter(({ _chunk }) => _chunk === chunk).length;
    const { records, passages, deadLetters, dropped } = done!;
    assert.deepEqual(
      [records, passages, deadLetters, done!.rows! - records! - deadLetters!],
      [rows(tables.records), rows(tables.passages), rows(tables.dead_letters), dropped],
    );
  }
}

test('records are forgotten everywhere, runs go on, and after a purge no byte is left', async (t) => {
  const made = await project(t, DATA, CHANGE);
  const first = await made.call('run', '--json');
  assert.equal(first.code, 0, first.stderr);
  const lake = await existingLake(made.lake);
  const said = { by: 'key', query: 'fees', verdict: 'up' } as const;
  for (const row of [GONE[0]!, ROWS[9]!])
    await recordFeedback(lake, { ...said, recordId: row.complaint_id }, Date.now);
  const vectors = async () => {
    const [model] = await readdir(join(made.lake, 'vectors'));
    return (await readTable(join(made.lake, 'vectors', model!))).length;
  };
  const before = { ...(await readBuild(made.lake)), vectors: await vectors() };
  assert.equal(before.dead_letters.length, 1);
  assert.ok((await found(made)).some((id) => IDS.includes(id)));

  const proof = await made.call<{ proof: Proof }>('lake', 'forget', '--prove', '--json', ...ASKED);
  assert.equal(proof.code, 65, proof.stderr);
  const places = proof.json.proof.traces.map(({ where }) => where.replace(/[0-9a-f]{16}.*\//, '*/'));
  for (const place of ['builds/', 'indexes/', 'assignments/', 'feedback', 'quality', 'runs'])
    assert.ok(
      places.some((one) => one.startsWith(place)),
      `${place}: ${places}`,
    );

  const loaded = await loadConfig(join(made.folder, 'throughline.yaml'), { env: {} });
  const inProcess = (tell: (message: string) => void) =>
    forget(
      loaded,
      lake,
      { ids: new Set(IDS), purge: false },
      { signal: new AbortController().signal, clock: Date.now, env: {}, tell },
    );
  await pinRun(lake, (await listRuns(lake))[0]!, Date.now);
  await assert.rejects(inProcess(console.log), {
    code: 'pinned',
    exitCode: 78,
    hint: new RegExp(`runs unpin ${first.json.runId}`),
  });
  assert.equal((await readBuild(made.lake)).records.length, before.records.length);
  await unpinRun(lake, first.json.runId);

  const subject = await readSubject(await allBuilds(lake), new Set(IDS));
  assert.equal(subject.texts.size, 2);

  // Killed when the rows are gone, and index and themes still hold them.
  const killed = inProcess(killedAt(/index/));
  await assert.rejects(killed, /killed/);
  assert.ok(!(await found(made)).some((id) => IDS.includes(id)), 'searches hide what was forgotten');
  const lease = join(made.lake, 'leases', 'somebody');
  await mkdir(join(made.lake, 'leases'), { recursive: true });
  await writeFile(lease, `1\nelsewhere/boot/pid:[1]/17/1\n`);
  const refused = await made.call('lake', 'forget', '--purge', ...ASKED);
  assert.equal(refused.code, 75);
  assert.match(refused.stderr, /process 17 on elsewhere/);
  await rm(lease);
  const told = await made.run<Forgotten>('lake', 'forget', '--purge', '--json', ...ASKED);
  assert.equal(told.code, 0, told.stdout + told.stderr);
  assert.deepEqual([told.json.rows, told.json.edited], [{}, {}], 'the rows are gone already');
  const after = await readBuild(made.lake);
  assert.deepEqual(
    [after.records.length, after.dead_letters.length],
    [before.records.length - 2, before.dead_letters.length - 1],
  );
  assert.ok(after.passages.length < before.passages.length && (await vectors()) < before.vectors);
  assert.equal(speaks([after, await derivedRows(made)]), 0);
  assert.ok(!(await found(made)).some((id) => IDS.includes(id)));
  for (const table of ['feedback', 'quality', 'runs'])
    assert.equal(speaks(await readTable(join(made.lake, table))), 0, table);
  assert.equal((await readTable(join(made.lake, 'feedback'))).length, 1);
  const { themes } = await listThemes(lake);
  assert.equal(speaks(themes), 0);
  assert.ok(themes.length > 0 && themes.every(({ representatives }) => representatives.length > 0));
  assert.deepEqual(await readdir(join(made.lake, 'indexes')), [told.json.index]);

  assert.deepEqual(told.json.proof?.traces, []);
  assert.deepEqual(
    await prove(lake, subject),
    { traces: [], ids: 3, texts: 2, shared: 0 },
    'nor how their texts begin',
  );
  assert.ok(told.json.purged!.files > 0);
  assert.equal(speaks(await everyByte(made)), 0);

  await reportsAddUp(made);
  const more = { ...ROWS[5]!, complaint_id: '9999999' };
  await made.write('data.csv', DATA + toCsv([more]).slice(toCsv([]).length));
  const again = await made.call('run', '--json');
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(
    [again.json.filtered, again.json.unmet ?? []],
    [3, []],
    'they stay out, and counts add up',
  );
  const fresh = await readBuild(made.lake);
  assert.deepEqual(
    [fresh.records.length, speaks(fresh.records.map(({ _id }) => _id))],
    [after.records.length + 1, 0],
  );

  const { build } = await readCurrent(lake);
  const without = { column: '_id', values: new Set([ROWS[9]!.complaint_id]) };
  for (const table of ['records', 'passages'] as const) {
    const info = { throughline: { stream: 'test', after: null, to: 1 } };
    await merge(await openTable(buildTableRoot(lake, build!, table)), { add: [], info, without });
  }
  const deleted = await readSubject(await allBuilds(lake), without.values);
  assert.equal(deleted.texts.size, 1, 'what a stream has deleted is known while its files are there');
  const none = await made.call<Forgotten>('lake', 'forget', '--purge', '--json', '--id', 'nobody');
  assert.equal(none.code, 0, none.stdout + none.stderr);
  assert.ok(
    none.json.index !== undefined && none.json.themes !== undefined,
    'what serves is of what is there',
  );
  await using searcher = await openSearcher(lake);
  assert.deepEqual([searcher.freshness()!.hidden, searcher.freshness()!.complete], [0, true]);
});
