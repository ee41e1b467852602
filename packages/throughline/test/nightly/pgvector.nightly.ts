/** An index in Postgres, from the command line: its life, and its answers beside those of Zvec on the same data. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { postgres } from '../../../../engines/postgres.ts';
import type { CheckResult } from '../../src/doctor/doctor.ts';
import type { ThroughlineError } from '../../src/error.ts';
import { readJson } from '../../src/lake/json-file.ts';
import { existingLake, readCurrent } from '../../src/lake/lake.ts';
import {
  type IndexManifest,
  openSearcher,
  type SearchRequest,
  type SearchResult,
  type StoreSetting,
} from '../../src/search/index.ts';
import { openDatabase } from '../../src/search/postgres/database.ts';
import type { IndexVersion } from '../../src/search/versions.ts';
import { complaints, toCsv } from '../complaints.ts';
import { type Project, project } from '../project.ts';

/** Of few months: each is a chunk, and a chunk has its cost. */
const ROWS = complaints(2_000).filter(({ date_received }) => /^20(18|23)/.test(date_received));
const row = (id: string, narrative: string) => ({ ...ROWS[0]!, complaint_id: id, narrative });
/** Themes are another matter: these take no time. */
const MONTHS = { chunk: { by: 'date_received', every: '1M' }, themes: { sample: 100 } };

const engine = await postgres();
const skip = engine.ok ? false : engine.reason;
after(async () => engine.ok && engine.stop());

/** As a user has it: the address is in a variable, and the config names that. */
const IN_POSTGRES = { ...MONTHS, index: { store: { pgvector: '$' + '{TEST_DATABASE_URL}' } } };
let databases = 0;

/** A project whose index is in a database of its own. */
async function pgProject(t: test.TestContext, data: string) {
  if (!engine.ok) throw new Error(engine.reason);
  const url = await engine.createDatabase(`project_${++databases}`);
  process.env.TEST_DATABASE_URL = url;
  const made = await project(t, data, IN_POSTGRES);
  const database = await openDatabase(url);
  t.after(() => database[Symbol.asyncDispose]());
  const tables = async () =>
    (
      await database.query<{ name: string }>(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'throughline' AND tablename LIKE 'passages%'`,
      )
    ).map(({ name }) => name);
  return { made, database, tables, store: { pgvector: url, schema: 'throughline' } satisfies StoreSetting };
}

async function runAll({ run }: Project): Promise<void> {
  const { code, stderr } = await run('run', '--json');
  assert.equal(code, 0, stderr);
}

const QUESTIONS: SearchRequest[] = [
  { query: 'late fees on my mortgage', mode: 'keyword' },
  { query: 'they keep calling about a debt that is not mine', mode: 'keyword', limit: 100 },
  { query: '"credit report" -equifax', mode: 'keyword', limit: 50 },
  { query: '+garnish* account', mode: 'keyword' },
  { query: 'forclosuer', mode: 'keyword', typos: true },
  {
    query: 'debt',
    mode: 'keyword',
    filter: 'product == "Debt collection" && !(state in ["CA", "NY"])',
    facets: ['product', 'date_received'],
  },
  {
    query: 'credit report account',
    mode: 'semantic',
    filter: 'date_received >= timestamp("2019-09-01T00:00:00Z")',
  },
  { query: 'debt collector calls', mode: 'semantic', filter: 'company.startsWith("E")', limit: 30 },
  { query: 'card payment', filter: 'has(state)', passages: 2 },
  { query: '"late fee" card', limit: 20 },
];

/** What a user sees of an answer, with scores as exact as both engines reckon. */
function shown({ hits, facets }: SearchResult) {
  return {
    hits: hits.map(({ recordId, text, attributes, at, passages }) => ({
      ...{ recordId, text, attributes, at },
      passages: passages?.map(({ passageId }) => passageId),
    })),
    facets,
  };
}

async function sameAnswers(ours: Project, store: StoreSetting, theirs: Project): Promise<void> {
  await using postgres = await openSearcher(await existingLake(ours.lake), { store });
  await using zvec = await openSearcher(await existingLake(theirs.lake));
  assert.equal(postgres.manifest.base === undefined, zvec.manifest.base === undefined);
  for (const question of QUESTIONS) {
    const [one, other] = [await postgres.search(question), await zvec.search(question)];
    assert.ok(other.hits.length > 0, question.query);
    assert.deepEqual(shown(one), shown(other), question.query);
    for (const [i, { score }] of one.hits.entries())
      assert.ok(Math.abs(score - other.hits[i]!.score) < 1e-3, `${question.query}: ${score}`);
  }
}

test('an index in Postgres answers as one in files, also with a tail, and lives as one does', {
  skip,
}, async (t) => {
  const { made, tables, database, store } = await pgProject(t, toCsv(ROWS));
  const files = await project(t, toCsv(ROWS), MONTHS);
  await runAll(made);
  await runAll(files);
  const first = (await current(made)).index!;
  assert.match(first, /-f\d+p1-[0-9a-f]{8}$/);
  await sameAnswers(made, store, files);
  const asked = await made.run<SearchResult>('search', 'late fee', '--filter', 'has(state)', '--json');
  assert.deepEqual([asked.code, asked.json.index], [0, first], asked.stderr);

  const changed = toCsv([row('new', 'The zeppelin pilot refused to refund my mortgage.'), ...ROWS.slice(1)]);
  for (const one of [made, files]) {
    await one.write('data.csv', changed);
    await runAll(one);
  }
  const second = (await current(made)).index!;
  const { base, verification, passages } = await manifestOf(made, second);
  assert.equal(base?.version, first);
  assert.deepEqual(verification!.passages, { table: passages, index: passages });
  assert.equal((await tables()).length, 2);
  await sameAnswers(made, store, files);

  const back = await made.run('index', 'rollback', '--json');
  assert.equal(back.code, 0, back.stderr);
  assert.equal((await current(made)).index, first);
  await using searcher = await openSearcher(await existingLake(made.lake), { store });
  assert.deepEqual((await searcher.search({ query: 'zeppelin', mode: 'keyword' })).hits, []);
  // What a build has left that never became a version, and what another lake has there.
  await database.query('CREATE TABLE throughline.passages_left (i int)');
  for (const [name, root, age] of [
    ['left', made.lake, '2 hours'],
    ['young', made.lake, '1 minute'],
    ['other', '/other', '2 hours'],
  ])
    await database.query(
      `INSERT INTO throughline.collections (collection, pipeline, root, version, passages, made_at)
        SELECT $1, pipeline, $2, 'none', 0, now() - $3::interval FROM throughline.collections LIMIT 1`,
      [name, root, age],
    );
  const gc = await made.run<{ removed: string[] }>('index', 'gc', '--keep', '1', '--json');
  assert.deepEqual([gc.code, gc.json.removed], [0, [second]], gc.stderr);
  assert.equal((await tables()).length, 1, 'its tables are gone with it');
  const kept = await database.query(
    'SELECT collection FROM throughline.collections ORDER BY version, collection',
  );
  assert.deepEqual(kept.map(({ collection }) => collection).slice(-2), ['other', 'young']);
  assert.equal(kept.length, 3);
  for (const file of await readdir(made.folder, { recursive: true, withFileTypes: true }))
    if (file.isFile())
      assert.ok(!(await readFile(join(file.parentPath, file.name), 'latin1')).includes('p%40ss'));
});

test('what is missing in Postgres is told, and built again; so is what cannot be reached', {
  skip,
}, async (t) => {
  const { made, tables, database, store } = await pgProject(t, toCsv(ROWS.slice(0, 40)));
  const doctor = await made.run<{ ok: boolean; checks: CheckResult[] }>('doctor', '--json');
  assert.equal(doctor.code, 0, doctor.stderr);
  assert.match(
    doctor.json.checks.find(({ check }) => check === 'search')!.message,
    /^Postgres \d.*pgvector 0\.\d/,
  );
  assert.deepEqual(await tables(), [], 'nothing stays of the try');
  assert.deepEqual(await database.query(`SELECT FROM pg_namespace WHERE nspname = 'throughline'`), []);
  await runAll(made);
  const [table] = await tables();
  const open = async (setting: StoreSetting) =>
    openSearcher(await existingLake(made.lake), { store: setting });
  await database.query(`DELETE FROM throughline."${table}" WHERE number = 1`);
  await assert.rejects(open(store), { code: 'index_damaged', exitCode: 65, message: /rows instead of/ });
  await database.query('DROP SCHEMA throughline CASCADE');
  const listed = await made.run<{ versions: IndexVersion[] }>('index', 'list', '--json');
  assert.match(listed.json.versions[0]!.faults.join(), /is not in Postgres/);
  await runAll(made);
  await using again = await open(store);
  assert.equal((await again.search({ query: 'the', mode: 'keyword' })).hits.length, 10);

  const wrong = { ...store, pgvector: store.pgvector.replace('p%40ss', 'wrong') };
  await assert.rejects(open(wrong), (error: ThroughlineError) => {
    assert.deepEqual([error.code, error.exitCode], ['postgres_refused', 77]);
    assert.doesNotMatch(`${error.message} ${error.cause}`, /wrong/);
    return true;
  });
  const down = { ...store, pgvector: store.pgvector.replace(/:\d+\//, ':1/') };
  await assert.rejects(open(down), { code: 'postgres_unavailable', exitCode: 75 });
  await assert.rejects(open('zvec'), { code: 'store_unknown', exitCode: 78 });
  await made.configure(MONTHS);
  await runAll(made);
  assert.match((await current(made)).index!, /-f\d+$/, 'built anew in files');
});

async function current({ lake }: Project) {
  return readCurrent(await existingLake(lake));
}

async function manifestOf({ lake }: Project, version: string): Promise<IndexManifest> {
  return (await readJson(join(lake, 'indexes', version, 'manifest.json')))!;
}
