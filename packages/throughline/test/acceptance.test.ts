/** The limits of `acceptance:` at the end of runs: measured, kept, told; what is not promoted for them. */
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Notice } from '../src/alert/alert.ts';
import { readCurrent } from '../src/lake/lake.ts';
import type { CheckResult } from '../src/quality/index.ts';
import { collectorServer } from './collector-server.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';

const ROWS = complaints(40);
const NO_THEMES = { sample: 100 };
/** A row of now. */
const FRESH = { ...ROWS[0]!, complaint_id: 'fresh', date_received: new Date().toISOString().slice(0, 19) };

const currentOf = ({ lake }: Project) => readCurrent({ root: lake, pipeline: { id: '', name: '' } });

async function figuresOf(made: Project): Promise<CheckResult[]> {
  const { json } = await made.run<{ results: CheckResult[] }>('quality', '--json', '-n', '100');
  return json.results.filter(({ check }) => check === 'acceptance');
}

test('figures are kept with every run; a limit warns or stops as agreed, is told so, and recovers', async (t) => {
  const collector = await collectorServer(t);
  const news = () => collector.take<Notice>('/hook');
  const settings = (onMiss: string) => ({
    themes: NO_THEMES,
    alerts: [{ webhook: `${collector.url}/hook` }],
    acceptance: {
      deadLetterRate: { max: 0.1 },
      freshness: { max: '48h', onMiss },
      costPerRun: { max: 1 },
      duration: { max: '1ms' },
      parity: { reference: './nowhere' },
    },
  });
  const made = await project(t, toCsv(ROWS), settings('warn'));
  const first = await made.run('run', '--only', 'map', '--json');
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /acceptance warns: freshness: [\d.]+ hours; at most 48 hours/);
  assert.match(first.stderr, /acceptance\.parity is not measured: \.\/nowhere is not there/);
  const { alerts } = news()[0]!;
  assert.deepEqual(
    alerts.map(({ key, kind }) => [key, kind]),
    [
      ['limit_unmet/freshness', 'limit_warns'],
      ['limit_unmet/duration', 'limit_warns'],
    ],
  );
  const serving = await currentOf(made);
  assert.equal(serving.build, first.json.build, 'what only warns is promoted');
  assert.deepEqual(
    (await figuresOf(made)).map(({ name, status, severity }) => [name, status, severity]),
    [
      ['acceptance.deadLetterRate', 'passed', 'fail'],
      ['acceptance.freshness', 'failed', 'warn'],
      ['acceptance.costPerRun', 'passed', 'warn'],
      ['acceptance.duration', 'failed', 'warn'],
    ],
  );

  await made.configure(settings('stop'));
  await made.write('data.csv', toCsv(ROWS.slice(1)));
  const stopped = await made.run('run', '--only', 'map', '--json');
  assert.equal(stopped.code, 65);
  assert.match(stopped.stderr, /not promoted: freshness: /);
  assert.deepEqual(await currentOf(made), serving, 'what serves is as it was');
  const [escalated] = news();
  assert.deepEqual(
    escalated!.alerts.map(({ key, kind }) => [key, kind]),
    [['limit_unmet/freshness', 'limit_unmet']],
    'what warned and now stops is told; the duration is told already',
  );

  await made.write('data.csv', toCsv([...ROWS, FRESH]));
  const fresh = await made.run('run', '--only', 'map', '--json');
  assert.equal(fresh.code, 0, fresh.stderr);
  assert.deepEqual(
    news().map(({ alerts, recovered }) => [alerts.length, recovered]),
    [[0, ['The newest record is too old']]],
  );
  const history = (await figuresOf(made)).filter(({ name }) => name === 'acceptance.freshness');
  assert.deepEqual(
    history.map(({ status, expected }) => [status, expected]),
    [
      ['passed', '<= 48 hours'],
      ['failed', '<= 48 hours'],
      ['failed', '<= 48 hours'],
    ],
  );
  assert.ok(history[0]!.observed! < 48 && history[1]!.observed! > 24 * 365);
});

test('results that differ from the reference are not promoted, and are compared once', async (t) => {
  const made = await project(t, toCsv(ROWS), { themes: NO_THEMES });
  assert.equal((await made.run('run', '--only', 'map', '--json')).code, 0);
  await cp(made.lake, join(made.folder, 'agreed'), { recursive: true });
  const acceptance = { parity: { reference: './agreed', topTen: 0.9 } };
  await made.configure({ themes: NO_THEMES, acceptance });
  const judge = () => made.run('run', '--only', 'check', '--json');
  const same = await judge();
  assert.equal(same.code, 0, same.stderr);
  const figures = same.json.limits.find(({ name }) => name === 'parity')!.figures;
  assert.ok(figures.every(({ ok }) => ok) && figures.some(({ name }) => name === 'parity.topTen'));
  assert.match(same.stderr, /Comparing with/);
  assert.doesNotMatch((await judge()).stderr, /Comparing with/, 'nothing has changed');

  const serving = await currentOf(made);
  await made.write('data.csv', toCsv([{ ...ROWS[0]!, narrative: 'Quite another text.' }, ...ROWS.slice(1)]));
  const differs = await made.run('run', '--only', 'map', '--json');
  assert.equal(differs.code, 65, differs.stderr);
  assert.match(differs.stderr, /not promoted: parity: .*changed 1 \(<= 0\)/);
  assert.deepEqual(await currentOf(made), serving);
});

test('time that is up before promotion stops it only where that is agreed; a sample has no age', async (t) => {
  const acceptance = { duration: { max: '1ms', onMiss: 'stop' }, freshness: { max: '1h' } };
  const made = await project(t, toCsv(ROWS), { themes: NO_THEMES, acceptance });
  const sample = await made.run('run', '--only', 'map', '--sample', '20', '--json');
  assert.equal(sample.code, 65);
  assert.deepEqual(
    sample.json.limits.map(({ name }) => name),
    ['duration'],
  );
  assert.match(sample.stderr, /not promoted: duration: /);
  // Tables without an index are better than none, but not those that a limit stops.
  assert.deepEqual(await currentOf(made), {});
});
