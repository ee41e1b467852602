/** The checks of `quality:` in a pipeline. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { commit, openTable } from '@throughline/delta';
import type { CheckResult } from '../src/quality/index.ts';
import { begun } from './begun.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';
import { readBuild } from './tables.ts';

const ROWS = complaints(60);
const MAP = ['run', '--only', 'map', '--json'];
const WHOLE = ['run', '--json'];
const NO_THEMES = { themes: { sample: 100 } };
const promoted = begun(toCsv(ROWS), NO_THEMES);

test('rows that a check rejects are dead letters by its name, and come back when the check lets them', async (t) => {
  const quality = [{ check: 'accepted_values', column: 'state', values: ['CA', 'FL'], severity: 'reject' }];
  const made = await project(t, toCsv(ROWS), { ...NO_THEMES, quality });
  const { json, code } = await made.call('run', '--only', 'map', '--json');
  assert.equal(code, 0);
  const wanted = ROWS.filter(({ state }) => ['CA', 'FL', ''].includes(state)).length;
  assert.deepEqual([json.records, json.deadLetters], [wanted, ROWS.length - wanted]);
  const { dead_letters } = await readBuild(made.lake);
  assert.ok(
    dead_letters.every(({ _step, _code }) => _step === 'quality' && _code === 'accepted_values_state'),
  );
  await made.configure({ ...NO_THEMES, quality: [] });
  const retried = await made.call<{ resolved: number; open: number }>('dlq', 'retry', '--json');
  assert.deepEqual([retried.json.resolved, retried.json.open], [ROWS.length - wanted, 0]);
});

test('a check that fails keeps what serves, says what is wrong and where; one that warns does not', async (t) => {
  const made = await (await promoted()).copy(t);
  const serving = await currentOf(made);
  const more = [...ROWS, { ...ROWS[0]!, complaint_id: 'wrong-1', state: 'ZZ', date_received: '2040-01-01' }];
  await made.write('data.csv', toCsv(more));
  const quality = [
    { check: 'not_null', column: 'product' },
    { check: 'accepted_range', column: 'amount', min: 0, severity: 'warn' },
    { check: 'unique', column: 'complaint_id' },
    { check: 'row_count', min: 10, change: 0.1 },
    { check: 'cel', name: 'known_state', where: 'state != "ZZ"' },
    { check: 'freshness', max: '1h', severity: 'warn' },
    { check: 'sql', name: 'future', query: 'SELECT _id FROM records WHERE _at > $run_started;' },
    { check: 'relationships', column: 'state', to: 'states.csv', field: 'code', severity: 'warn' },
    { check: 'length', min: 3 },
    { check: 'drift' },
  ];
  const source = {
    attributes: ['product', 'issue', 'company', 'state', { amount: { column: 'sub_issue', type: 'string' } }],
  };
  const wrong = await configured([...quality]);
  assert.equal(wrong.code, 78);
  assert.match(wrong.stderr, /quality\.1: .*amount/);
  const states = [...new Set(ROWS.map(({ state }) => state))].filter(Boolean);
  await made.write('states.csv', `code\n${states.join('\n')}\n`);
  const ran = await configured(quality.filter(({ check }) => check !== 'accepted_range'));
  assert.equal(ran.code, 65, ran.stderr);
  const results: CheckResult[] = ran.json.quality;
  const failed = results.filter(({ status }) => status === 'failed').map(({ name }) => name);
  assert.deepEqual(failed, ['known_state', 'future', 'relationships_state']);
  assert.deepEqual(results.find(({ name }) => name === 'future')!.sample, ['wrong-1']);
  assert.equal(ran.json.unmet.length, 2);
  assert.match(
    ran.stderr,
    /not promoted: quality check known_state: found 1, expected 0 rows, such as wrong-1/,
  );
  assert.match(ran.stderr, /quality check relationships_state: .*ZZ/);
  assert.deepEqual(await currentOf(made), serving, 'what serves is as it was');
  const again = await made.call('run', '--json');
  assert.equal(again.code, 65, 'an unchanged source is not promoted by running again');
  const listed = await made.call<{ results: CheckResult[] }>(
    'quality',
    '--failed',
    '--json',
    '--limit',
    '100',
  );
  assert.equal(listed.json.results.length, 6);
  await made.write('data.csv', toCsv(ROWS));
  assert.equal((await made.call('run', '--json', '--chunk', 'd:2040-01-01')).code, 0);

  async function configured(checks: object[]) {
    await made.configure({ ...NO_THEMES, quality: checks, ...(checks.length === 10 && { source }) });
    return made.run('run', '--json');
  }
});

test('what one chunk may not have keeps another chunk from being promoted as well', async (t) => {
  const quality = [{ check: 'cel', name: 'known_state', where: 'state != "ZZ"' }];
  const made = await (await promoted()).copy(t);
  await made.configure({ ...NO_THEMES, quality });
  const serving = await currentOf(made);
  const [one, other] = ['2013-05-01', '2014-05-01'].map((date, i) => ({
    ...{ ...ROWS[0]!, complaint_id: `new-${i}`, date_received: date },
    state: i === 0 ? 'ZZ' : 'CA',
  }));
  await made.write('data.csv', toCsv([...ROWS, one!, other!]));
  const ran = await made.call('run', '--json', '--chunk', 'd:2013-01-01');
  assert.equal(ran.code, 65, ran.stderr);
  assert.deepEqual(await currentOf(made), serving);
});

test('two checks of one name are a fault of the config', async (t) => {
  const quality = [
    { check: 'length', min: 1, severity: 'warn' },
    { check: 'length', max: 10 },
  ];
  const made = await project(t, toCsv(ROWS), { ...NO_THEMES, quality });
  const { code, stderr } = await made.call('run', '--json');
  assert.equal(code, 78);
  assert.match(stderr, /two checks are called length/);
});

test('a query of a check that cannot be run is a fault of the config, and what was published is kept', async (t) => {
  const quality = [{ check: 'sql', name: 'broken', query: 'SELECT nope FROM records' }];
  const made = await project(t, toCsv(ROWS), { ...NO_THEMES, quality });
  const { code, stderr } = await made.call('run', '--json');
  assert.equal(code, 78);
  assert.match(stderr, /quality check broken: .*nope/);
  await made.configure(NO_THEMES);
  const { json } = await made.call(...MAP);
  assert.equal(json.chunks.done, 0);
});

test('other texts than before are told as drift, and the same are not', async (t) => {
  const rows = complaints(700);
  const [some, others] = [
    rows.filter(({ product }) => product === 'Mortgage'),
    rows.filter(({ product }) => product !== 'Mortgage'),
  ];
  const quality = [{ check: 'drift' }];
  const made = await project(t, toCsv(others.slice(0, 200)), {
    ...NO_THEMES,
    quality,
    embed: { model: 'hash', dimension: 64 },
  });
  assert.equal((await made.call('run', '--json')).code, 0);
  await made.write('data.csv', toCsv(others.slice(0, 220)));
  const alike = await made.call('run', '--json');
  assert.equal(alike.code, 0, alike.stderr);
  await made.write(
    'data.csv',
    toCsv(some.map((row) => ({ ...row, narrative: `Hypothek ${row.narrative.slice(0, 80)}` }))),
  );
  const other = await made.call(
    'run',
    '--json',
    '--chunk',
    ...new Set(rows.map(({ date_received }) => `d:${date_received.slice(0, 4)}-01-01`)),
  );
  assert.equal(other.code, 65, other.stderr);
  assert.match(other.stderr, /quality check drift/);
});

test('every row of the source is accounted for, the tables hold what was reported, and the index what is in the tables', async (t) => {
  const bad = [...ROWS, { ...ROWS[0]!, complaint_id: 'empty-1', narrative: '' }];
  const made = await project(t, `${toCsv(bad)}too,few,cells\n`, {
    ...NO_THEMES,
    source: { filter: 'product != "Mortgage"' },
  });
  const { json, code, stderr } = await made.call('run', '--json');
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    json.quality.map(({ name, status, observed }) => [name, status, observed]),
    [
      ['source_rows', 'passed', 0],
      ['table_rows', 'passed', 0],
      ['passages_in_index', 'passed', json.passages],
      ['index_recall', 'passed', 1],
    ],
  );
  assert.equal(json.sourceRows, json.filtered + json.records + json.deadLetters);
  const apart = Math.abs(json.planned!.passages - json.passages) / json.passages;
  assert.ok(apart < 0.1, `planned ${json.planned!.passages}, were ${json.passages}`);
  assert.ok(json.embedSeconds > 0);
  const listed = await made.call<{ results: CheckResult[] }>('quality', '--json');
  assert.equal(listed.json.results.length, 4);
});

test('a table that something else has changed is not promoted, until its chunk is made again', async (t) => {
  const made = await (await promoted()).copy(t);
  const chunk = await loseRows(made.lake);
  await made.write(
    'data.csv',
    toCsv([...ROWS, { ...ROWS[0]!, complaint_id: 'x', date_received: '2009-01-01' }]),
  );
  const ran = await made.call(...MAP);
  assert.equal(ran.code, 65, ran.stderr);
  const [, tables] = ran.json.quality;
  assert.deepEqual([tables!.name, tables!.status, tables!.sample], ['table_rows', 'failed', [chunk]]);
  const mended = await made.call(...MAP, '--force', '--chunk', chunk);
  assert.equal(mended.code, 0, mended.stderr);
});

/** Empties a chunk of the records, as a statement of another engine would. */
async function loseRows(lake: string): Promise<string> {
  const { build } = JSON.parse(await readFile(join(lake, 'current.json'), 'utf8'));
  const records = await openTable(join(lake, 'builds', build, 'records'));
  const chunk = (await records.files())[0]!.partitionValues._chunk!;
  const replace = { partition: { _chunk: chunk } };
  await commit(records, { operation: 'DELETE', operationParameters: {}, add: [], replace });
  return chunk;
}

test('a column of the source that has another name stops the promotion until it is accepted', async (t) => {
  const quality = [{ check: 'schema' }, { check: 'row_count', ofSource: 0.99 }];
  const made = await project(t, toCsv(ROWS), { ...NO_THEMES, quality });
  const first = await made.call(...MAP);
  assert.equal(first.code, 0, first.stderr);
  const renamed = (id: string) =>
    toCsv([...ROWS, { ...ROWS[0]!, complaint_id: id }]).replace('sub_issue', 'sub_issue_code');
  await made.write('data.csv', renamed('new-1'));
  const { code, json } = await made.call(...MAP);
  assert.equal(code, 65);
  const schema = json.quality.find(({ name }) => name === 'schema')!;
  assert.deepEqual(schema.sample, ['missing sub_issue', 'new sub_issue_code']);
  const accepted = await made.call(...MAP, '--accept-schema');
  assert.equal(accepted.code, 0, accepted.stderr);
  assert.match(accepted.stderr, /quality check schema: found 2/);
  await made.write('data.csv', `${renamed('new-2')},2016-01-01,,,,,,,\n,2016-01-01,,,,,,,\n`);
  const after = await made.call(...MAP);
  assert.equal(after.json.quality.find(({ name }) => name === 'schema')!.status, 'passed');
  assert.equal(after.code, 65);
  assert.match(after.stderr, /quality check row_count: found 61, expected at least 63 records/);
});

test('a column that a newer file has becomes an attribute, of all that is mapped from then on', async (t) => {
  const quality: object[] = [{ check: 'schema', added: 'add' }];
  // A column that is called so is told, and not added: to a transform it would be another text.
  const transform = [{ drop_nulls: ['text'] }];
  const made = await project(t, toCsv(ROWS), {
    ...NO_THEMES,
    quality,
    transform,
    source: { path: 'data*.csv' },
  });
  const { json: first } = await made.call(...WHOLE);
  const another = (id: string) =>
    toCsv([{ ...ROWS[0]!, complaint_id: id }])
      .trimEnd()
      .split('\n');
  const [header, ...lines] = another('new-1');
  await made.write('data-2.csv', `${header},Sent By,text\n${lines.join('\n')},web,\n`);
  const planned = await made.call<{ warnings: string[]; due: { rows: number } }>('plan', '--json');
  assert.match(planned.json.warnings[0]!, /attributes from the next run on: sent_by \("Sent By"\);/);
  assert.equal(planned.json.due.rows, ROWS.length + 1);
  // A run of a part makes no other build, which nobody would complete.
  const part = await made.call(...WHOLE, '--from', '2016-01-01');
  assert.deepEqual([part.code, part.json.build], [0, first.build], part.stderr);
  const told = part.json.quality.find(({ name }) => name === 'schema')!;
  assert.deepEqual(
    [told.status, told.severity, told.sample],
    ['failed', 'warn', ['new Sent By', 'new text']],
  );
  const { code, json, stderr } = await made.call(...WHOLE);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /attributes from now on: sent_by/);
  const { records } = await readBuild(made.lake);
  const values = new Map(records.map(({ _id, sent_by }) => [_id, sent_by]));
  assert.deepEqual([values.size, values.get('new-1')], [ROWS.length + 1, 'web']);
  assert.equal(values.get(ROWS[0]!.complaint_id), null);
  // Checks and filters may name it from then on.
  const named = [...quality, { check: 'accepted_values', column: 'sent_by', values: ['web'] }];
  const source = { path: 'data*.csv', filter: 'sent_by == null || sent_by == "web"' };
  await made.configure({ ...NO_THEMES, quality: named, transform, source });
  const doctor = await made.call<{ checks: { check: string; ok: boolean }[] }>('doctor', '--json');
  assert.equal(doctor.json.checks.find(({ check }) => check === 'config')!.ok, true, doctor.stderr);
  const asNamed = await made.call<{ warnings: string[] }>('plan', '--json');
  assert.deepEqual([asNamed.code, asNamed.json.warnings.length], [0, 0], asNamed.stderr);
  await made.configure({ ...NO_THEMES, quality, transform, source: { path: 'data*.csv' } });
  // It stays one where it is gone again, which is another change.
  await made.write('data-2.csv', another('new-2').join('\n'));
  const gone = await made.call(...WHOLE);
  assert.equal(gone.code, 65);
  assert.deepEqual(gone.json.quality.find(({ name }) => name === 'schema')!.sample, [
    'missing Sent By',
    'missing text',
  ]);
  assert.equal(gone.json.build, json.build);
  // What has left the source is in the tables that serve alone: another build would lose it.
  const years = ROWS.map(({ date_received }) => date_received.slice(0, 4));
  const year = years.find((one) => one !== years[0])!;
  await made.write('data.csv', toCsv(ROWS.filter((_, i) => years[i] !== year)));
  await made.write('data-2.csv', `${header},Sent By,Sent On\n${lines.join('\n')},web,monday\n`);
  const served = await currentOf(made);
  const lost = await made.call(...WHOLE);
  assert.equal(lost.code, 65, lost.stderr);
  assert.match(lost.stderr, new RegExp(`without the 1 chunks that are no longer in the source: d:${year}`));
  assert.deepEqual(await currentOf(made), served);
  const accepted = await made.call(...WHOLE, '--accept-schema');
  assert.equal(accepted.code, 0, accepted.stderr);
  assert.match(accepted.stderr, new RegExp(`no longer in the source: d:${year}`));
  const after = (await readBuild(made.lake)).records;
  assert.equal(after.find(({ _id }) => _id === 'new-1')!.sent_on, 'monday');
  assert.ok(after.every(({ _chunk }) => !String(_chunk).startsWith(`d:${year}`)));
});

test('texts with what identifies a person are refused, and their dead letters do not keep it', async (t) => {
  const quality = [
    { check: 'pii', kinds: ['email'], severity: 'reject' },
    { check: 'encoding', severity: 'warn' },
    { check: 'language', languages: ['en'] },
    { check: 'duplicates', max: 0.5 },
    { check: 'embeddings', distinct: { min: 0.5 }, truncated: { max: 0 } },
  ];
  const mail = { ...ROWS[0]!, complaint_id: 'mail-1', narrative: 'write to somebody@mail.example' };
  const torn = { ...ROWS[1]!, complaint_id: 'torn-1', narrative: 'the cafÃ© has charged me twice' };
  const made = await project(t, toCsv([...ROWS, mail, torn]), { ...NO_THEMES, quality });
  const { json, code, stderr } = await made.call(...MAP);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /quality check encoding: found 1 \(mojibake 1\), expected 0 rows, such as torn-1/);
  assert.equal(json.deadLetters, 1);
  const { dead_letters } = await readBuild(made.lake);
  assert.deepEqual([dead_letters[0]!._id, dead_letters[0]!._code], ['mail-1', 'pii']);
  assert.doesNotMatch(JSON.stringify(dead_letters[0]!._payload), /somebody/);
});

test('what cannot be checked is a fault of the config', async (t) => {
  const made = await project(t, toCsv(ROWS), {
    quality: [{ check: 'schema' }],
    source: { type: 'jsonl', path: 'data.jsonl' },
  });
  await made.write('data.jsonl', '');
  const { code, stderr } = await made.call('run', '--json');
  assert.deepEqual([code, /JSON Lines/.test(stderr)], [78, true]);
  await made.configure({
    quality: [{ check: 'schema' }],
    source: {
      ...{ type: 'kafka', path: undefined, brokers: '127.0.0.1:1', topic: 't', value: 'text' },
      ...{ id: 'kafka_key', text: 'kafka_value', timestamp: 'kafka_timestamp', attributes: [] },
    },
  });
  const topic = await made.call('run', '--json');
  assert.deepEqual([topic.code, /whose values are texts/.test(topic.stderr)], [78, true], topic.stderr);
  await made.configure({
    quality: [{ check: 'schema', added: 'add' }],
    source: {
      ...{
        type: 'kafka',
        path: undefined,
        brokers: '127.0.0.1:1',
        topic: 't',
        id: 'kafka_key',
        text: 'body',
      },
      ...{ timestamp: 'kafka_timestamp', attributes: [] },
    },
  });
  const added = await made.call('run', '--json');
  assert.deepEqual([added.code, /what the broker still keeps/.test(added.stderr)], [78, true], added.stderr);
  const adds = { quality: [{ check: 'schema', added: 'add' }] };
  for (const [change, message] of [
    [{ ...adds, source: { id: undefined } }, /needs source\.id/],
    [{ ...adds, transform: [{ sql: 'SELECT * FROM input' }] }, /transform: sql/],
    [
      { source: { attributes: [{ s: { column: 'state', optional: true } }] }, chunk: { by: 'state' } },
      /chunk\.by: state is optional/,
    ],
    [
      { source: { attributes: [{ a: { column: 'State', optional: true } }, { b: 'state' }] } },
      /"State" is called like "state" but for case/,
    ],
  ] as const) {
    await made.configure(change);
    const { code, stderr } = await made.call('run', '--json');
    assert.deepEqual([code, message.test(stderr)], [78, true], stderr);
  }
  await made.configure({ quality: [{ check: 'length', min: 1, name: 'table_rows' }] });
  const own = await made.call('run', '--json');
  assert.match(own.stderr, /table_rows is the name of a check that is always on/);
});

async function currentOf(made: Awaited<ReturnType<typeof project>>) {
  const { json } = await made.call<{ promoted: unknown }>('status', '--json');
  return json.promoted;
}
