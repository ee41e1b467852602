/** throughline compare as its users have it: lakes and files, limits of a config, exit codes. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { commit, openTable, quoteLiteral, relation } from '@throughline/delta';
import type { Comparison } from '../src/compare/index.ts';
import { openSession } from '../src/engine/local/session.ts';
import { begun } from './begun.ts';
import { type Complaint, complaints, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';
import { promotedTables } from './same-lake.ts';

const ROWS = complaints(120);
const EMPTY = { ...ROWS[0]!, complaint_id: 'empty', narrative: ' ' };

const MAP = ['run', '--only', 'map', '--json'];
const mapped = begun(toCsv(ROWS), {}, MAP);

/** A lake without index and themes. */
async function lakeOf(t: TestContext, rows: readonly Complaint[]): Promise<Project> {
  const made = await project(t, toCsv(rows));
  const ran = await made.call(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  return made;
}

/** What a notebook keeps: a row for each record, with the vector of its beginning. */
async function notebookFile({ lake, folder }: Project, change = ''): Promise<string> {
  const { records, passages } = await promotedTables(lake);
  await using left = await relation(await openTable(records!));
  await using right = await relation(await openTable(passages!));
  await using session = await openSession();
  const file = join(folder, 'notebook.parquet');
  await session.query(`COPY (SELECT r._id AS complaint_id, r._text AS narrative, p._embedding AS embedding
    FROM ${left.sql} AS r JOIN ${right.sql} AS p USING (_id, _chunk) WHERE p._ordinal = 0 ${change}) TO ${quoteLiteral(file)} (FORMAT parquet)`);
  return file;
}

test('a lake is equal to one of the same source, and differs by what was planted', async (t) => {
  const a = (await mapped()).made;
  const same = await lakeOf(t, ROWS.toReversed());
  const equal = await a.run<Comparison>('compare', a.lake, same.lake, '--json');
  assert.equal(equal.code, 0, equal.stdout + equal.stderr);
  const { missing, extra, changed, minCosine, topTen, matching } = equal.json;
  assert.deepEqual([missing, extra, changed, minCosine, topTen], [0, 0, 0, 1, 1]);
  assert.deepEqual(matching.by, ['chunk', 'id', 'ordinal']);

  const planted = ROWS.slice(1).map((row, i) => (i === 0 ? { ...row, narrative: 'Not what it was.' } : row));
  const b = await lakeOf(t, [...planted, { ...ROWS[0]!, complaint_id: 'new' }, EMPTY]);
  const other = await a.call<Comparison>('compare', a.lake, b.lake, '--json');
  assert.equal(other.code, 65, other.stderr);
  const found = other.json;
  assert.deepEqual([found.matching.missingIds, found.matching.extraIds], [1, 1]);
  assert.ok(found.examples.missing.every(({ id }) => id === ROWS[0]!.complaint_id));
  assert.ok(found.examples.extra.some(({ id }) => id === 'new'));
  assert.deepEqual([found.changed, found.examples.changed[0]!.id], [1, ROWS[1]!.complaint_id]);
  assert.deepEqual(
    found.worst.map(({ id }) => id),
    [ROWS[1]!.complaint_id],
  );
  assert.deepEqual(found.deadLetters, { a: {}, b: { empty_text: 1 } });

  const human = await a.call('compare', a.lake, b.lake);
  assert.equal(human.code, 65);
  assert.match(human.stdout, /NOT {2}changed +1 +at most 0/);
  assert.match(human.stdout, /dead: empty_text +0 +1/);
  assert.match(human.stdout, /Not the same results\.\n$/);
  const wide = ['--missing', '9', '--extra', '9', '--changed', '1', '--min-cosine', '-1'];
  assert.equal((await a.call('compare', a.lake, b.lake, ...wide)).code, 0);
});

test('lakes that were cut into other chunks are matched by id and ordinal', async (t) => {
  const a = await lakeOf(t, ROWS.slice(0, 40));
  const b = await project(t, toCsv(ROWS.slice(0, 40)), { chunk: { by: 'date_received', every: '1M' } });
  await b.call(...MAP);
  const { code, json } = await a.call<Comparison>('compare', a.lake, b.lake, '--json');
  assert.deepEqual([code, json.matching.by, json.missing], [0, ['id', 'ordinal'], 0]);
});

test('themes of two lakes are compared, and of one without themes they are not', async (t) => {
  const { made: b, copy } = await mapped();
  const a = await copy(t);
  assert.equal((await a.call('run')).code, 0);
  const self = await a.call<Comparison>('compare', a.lake, a.lake, '--ami', '1', '--json');
  assert.deepEqual([self.code, self.json.ami], [0, 1]);
  assert.deepEqual(self.json.themes!.unassigned, { a: 0, b: 0 });
  const without = await a.call<Comparison>('compare', a.lake, b.lake, '--ami', '0.5', '--json');
  assert.deepEqual([without.code, without.json.ami], [65, null]);
  assert.ok(without.json.notes.some((note) => /themes.*has none/.test(note)));
});

test('a file with a vector for each record is compared with the records of one passage', async (t) => {
  const made = await (await mapped()).copy(t);
  const { passages } = await promotedTables(made.lake);
  await using table = await relation(await openTable(passages!));
  await using session = await openSession();
  const [several] = await session.query(
    `SELECT count(*) AS records FROM (SELECT _id FROM ${table.sql} GROUP BY _id HAVING count(*) > 1)`,
  );
  const long = Number(several!.records);
  assert.ok(long > 0 && long < ROWS.length, 'some texts have several passages');

  const file = await notebookFile(made);
  const equal = await made.call<Comparison>(
    'compare',
    file,
    './lake',
    '--id',
    'complaint_id',
    '--text',
    'narrative',
    '--not-comparable',
    String(long),
    '--json',
  );
  assert.equal(equal.code, 0, equal.stdout + equal.stderr);
  assert.deepEqual([equal.json.matching.level, equal.json.matching.rows], ['records', ROWS.length]);
  assert.deepEqual(
    [equal.json.matching.notComparable, equal.json.vectors!.compared],
    [long, ROWS.length - long],
  );
  assert.deepEqual([equal.json.changed, equal.json.minCosine, equal.json.topTen], [0, 1, 1]);
  const human = await made.call('compare', file, './lake', '--id', 'complaint_id', '--text', 'narrative');
  assert.match(
    human.stdout,
    new RegExp(`several passages on one side .*: ${long} \\(.*vectors and themes are not compared`),
  );

  await notebookFile(made, `AND r._id <> '${ROWS[3]!.complaint_id}'`);
  const other = await made.call<Comparison>('compare', file, './lake', '--id', 'complaint_id', '--json');
  assert.deepEqual([other.code, other.json.missing, other.json.extra], [65, 0, 1]);
  assert.equal(other.json.changed, null, 'narrative is no name that a text is known by');
});

test('without sides the lake of the config is held against its reference, within its limits', async (t) => {
  const made = await (await mapped()).copy(t);
  const file = await notebookFile(made, `AND r._id <> '${ROWS[3]!.complaint_id}'`);
  const columns = ['--id', 'complaint_id', '--text', 'narrative'];
  const nothing = await made.call('compare');
  assert.equal(nothing.code, 64);
  assert.match(nothing.stderr, /acceptance\.parity\.reference/);
  const parity = { reference: 'notebook.parquet', topTen: 0.5, notComparable: ROWS.length };
  await made.configure({ acceptance: { parity } });
  const strict = await made.run<Comparison>('compare', ...columns, '--json');
  assert.deepEqual([strict.code, strict.json.extra, strict.json.counts.a.path], [65, 1, file]);
  assert.deepEqual(strict.json.verdict.find(({ limit }) => limit === 'topTen')?.wanted, 0.5);
  await made.configure({ acceptance: { parity: { ...parity, extra: 1 } } });
  assert.equal((await made.call('compare', ...columns)).code, 0);
  assert.equal((await made.call('compare', ...columns, '--extra', '0')).code, 65, 'an option comes first');
  assert.equal(
    (await made.call('compare', file, 'lake', ...columns)).code,
    65,
    'sides that are named ask no config',
  );
  assert.equal(
    (await made.call('compare', file, 'lake', ...columns, '--config', 'throughline.yaml')).code,
    0,
  );
  await made.configure({ acceptance: { parity: { minCosin: 1 } } });
  const wrong = await made.call('compare', ...columns);
  assert.equal(wrong.code, 78);
  assert.match(wrong.stderr, /did you mean "minCosine"/);
});

test('a lake that has lost passages is not the same, and a notebook says so too', async (t) => {
  const made = await (await mapped()).copy(t);
  const file = await notebookFile(made);
  const columns = ['--id', 'complaint_id', '--text', 'narrative', '--not-comparable', String(ROWS.length)];
  assert.equal((await made.call('compare', file, 'lake', ...columns)).code, 0);
  const { path } = (await made.call<{ path: string }>('lake', 'path', 'passages', '--json')).json;
  const snapshot = await openTable(path);
  const remove = (await snapshot.files()).slice(0, 1);
  await commit(snapshot, { operation: 'DELETE', operationParameters: {}, add: [], remove });
  const judged = await made.call<Comparison>('compare', file, 'lake', ...columns, '--json');
  assert.equal(judged.code, 65, judged.stdout);
  assert.ok(judged.json.verdict.some(({ limit, ok }) => limit === 'vectors' && !ok));
});

test('what is missing ends with 66, wrong use with 64', async (t) => {
  const made = await project(t, undefined);
  t.mock.method(process.stderr, 'write', () => true);
  await made.write('a.csv', 'id,text\n1,x\n');
  for (const [code, ...args] of [
    [0, 'a.csv', 'a.csv'],
    [66, 'a.csv', 'absent.parquet'],
    [66, 'lake', 'a.csv'],
    [66, 'a.csv', 'a.csv', '--config', 'absent.yaml'],
    [64, 'a.csv', 'a.csv', '--id', 'key'],
    [64, 'a.csv', 'a.csv', 'a.csv'],
    [64, 'a.csv', 'a.csv', '--min-cosine', '2'],
    [64, 'a.csv', 'a.csv', '--missing', '-1'],
    [64, 'a.csv', 'a.csv', '--top-ten', ''],
  ] as const)
    assert.equal((await made.call('compare', ...args)).code, code, args.join(' '));
  const help = await made.run('compare', '--help');
  assert.equal(help.code, 0);
  assert.match(help.stdout, /Examples:\n {2}throughline compare/);
});

test('ids are printed harmlessly', async (t) => {
  const made = await project(t, undefined);
  await made.write('a.csv', 'id,text\n"evil\u001b[2J\nid",x\n');
  await made.write('b.csv', 'id,text\n');
  const { stdout, code } = await made.call('compare', 'a.csv', 'b.csv');
  assert.equal(code, 65);
  assert.match(stdout, /missing: evil \[2J id\n/);
  assert.ok(!stdout.includes('\u001b'));
});
