/** `throughline readiness` of a pipeline from its first run on, by what stands in its config and lake. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Readiness } from '../src/readiness/index.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';

const ROWS = complaints(30);
const NOTEBOOK = join(import.meta.dirname, '../../notebook-lint/fixtures/complaints_openai.ipynb');

const READY = {
  themes: { sample: 100 },
  quality: [{ check: 'not_null', column: 'product' }],
  schedule: { cron: '0 6 * * *', start: '2024-01-01' },
  // Nobody listens there: a run that is well tells nobody.
  alerts: [{ webhook: 'http://127.0.0.1:9/hook' }],
  acceptance: { deadLetterRate: { max: 0.01 }, costPerRun: { max: 1 }, duration: { max: '1h' } },
};

test('a pipeline is ready by its evidence, and what is taken away is named with what mends it', async (t) => {
  const made = await project(t, toCsv(ROWS), READY);
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', made.folder, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args]);
  git('init', '-q');
  git('add', 'throughline.yaml');
  git('commit', '-qm', 'pipeline');
  const judged = (...args: string[]) => made.run<Readiness>('readiness', '--json', ...args);
  const missingOf = ({ rows }: Readiness) =>
    rows.flatMap(({ topic, missing }) => missing.map(({ says, mend }) => `${topic}: ${says} > ${mend}`));

  const ran = await made.run('run', '--json');
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal((await made.run('airflow', '--out', join(made.folder, 'dag.py'))).code, 0);
  const reports = ['--markdown', join(made.folder, 'r.md'), '--html', join(made.folder, 'r.html')];
  const ready = await judged('--dag', join(made.folder, 'dag.py'), '--notebook', NOTEBOOK, ...reports);
  assert.deepEqual([missingOf(ready.json), ready.json.ready, ready.code], [[], true, 0], ready.stderr);
  const evidence = ready.json.rows.flatMap((row) => row.evidence.map(({ says }) => says)).join('\n');
  assert.match(
    evidence,
    new RegExp(`30 rows in the source = 0 filtered out \\+ ${ran.json.records} records`),
  );
  assert.match(evidence, new RegExp(`index ${ran.json.index}: ${ran.json.passages} passages`));
  assert.match(evidence, /the DAG \S+ is what would be written now/);
  assert.match(ready.json.rows.find(({ topic }) => topic === 'API calls')!.notebook, /no-retry|no-timeout/);
  assert.deepEqual(
    ready.json.limits.map(({ name, met, run }) => [name, met, run]),
    [
      ['deadLetterRate', true, null],
      ['costPerRun', true, ran.json.runId],
      ['duration', true, ran.json.runId],
    ],
  );
  assert.match(await readFile(reports[1]!, 'utf8'), /^# Readiness of hostile: ready$/m);
  assert.match(await readFile(reports[3]!, 'utf8'), /Data engineering/);

  // Nothing of it shapes the tables: the same lake, judged by other settings, and with a row that nobody has mapped.
  await made.configure({
    ...READY,
    alerts: [],
    schedule: { ...READY.schedule, cron: '0 7 * * *' },
    acceptance: { ...READY.acceptance, duration: { max: '1ms' }, freshness: { max: '1h' } },
  });
  await made.write(
    'data.csv',
    toCsv([...ROWS, { ...ROWS[0]!, complaint_id: 'new', date_received: '2039-05-05' }]),
  );
  const broken = await judged('--dag', join(made.folder, 'dag.py'));
  assert.equal(broken.code, 65);
  assert.deepEqual(
    missingOf(broken.json).map((line) => line.replaceAll(made.folder, '')),
    [
      `volume: 1 of ${ran.json.chunks.done + 1} chunks are not published: d:2039-01-01 > throughline run`,
      'scheduling: the DAG /dag.py is stale: it is not what would be written now > throughline airflow --out /dag.py --command throughline --config-there /throughline.yaml',
      'failure handling: nobody is told when something goes wrong > alerts: [{ slack: "${SLACK_URL}" }], then throughline doctor --alerts',
    ],
  );
  const unmet = broken.json.limits.filter(({ met }) => !met);
  assert.deepEqual(
    unmet.map(({ name, mend }) => [name, typeof mend]),
    [
      ['freshness', 'string'],
      ['duration', 'string'],
    ],
  );
  const shown = await made.run('readiness');
  assert.match(shown.stdout, /MISS {2}failure handling[\s\S]*missing {5}nobody is told/);
  assert.match(shown.stdout, /Not ready\.\n$/);
});
