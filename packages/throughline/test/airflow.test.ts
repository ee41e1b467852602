/** The DAG in a real Airflow: its tasks, its exit codes, and what is served after it. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { type Airflow, airflow, ruff } from '../../../engines/airflow.ts';
import { nightly } from '../../../engines/nightly.ts';
import type { ThemesList } from '../src/theme/index.ts';
import { scheduled, WEEKS, weekly } from './scheduled.ts';

const engine = await airflow(3);
const linter = await ruff();
const skip = engine.ok ? (linter.ok ? false : linter.reason) : engine.reason;
const there = engine as Airflow;

after(() => engine.ok && there.stop());

const statesOf = (dag: string) =>
  Object.fromEntries(
    there.tasks(dag).map(({ task, index, state }) => [index < 0 ? task : `${task} ${index}`, state]),
  );

test('an interval is mapped in groups, checked, indexed and themed; a task that failed is tried again', {
  skip,
}, async (t) => {
  const one = await scheduled(t, there, weekly(12));
  const { made, dag } = one;
  // The first task that maps anything fails once, with a code that another try may help.
  const file = await one.write(
    `case "$*" in *"--only map"*) mkdir "${made.folder}/once" 2>/dev/null && exit 75;; esac`,
  );
  assert.match(file, /CronDataIntervalTimetable\("0 6 \* \* 1"/);
  if (linter.ok) await linter.check(`${there.dags}/${dag}.py`, 'AIR,E,F,B,UP,I');

  await one.runUntil('2024-01-15');
  assert.deepEqual(statesOf(dag), {
    ...{ plan: 'success', 'map 0': 'success', 'map 1': 'success', check: 'success' },
    ...{ index: 'success', themes: 'success', alert: 'skipped' },
  });
  assert.equal(there.state(dag), 'success');
  const tries = there.tasks(dag).flatMap(({ task, tries }) => (task === 'map' ? [tries] : []));
  assert.deepEqual(tries.sort(), [1, 2]);
  // Mondays at 6 o'clock: the week that has just begun as well, and those before that nobody has run.
  const status = (await made.call<{ states: { done: number } }>('status', '--json')).json;
  assert.equal(status.states.done, 3);
  const themes = (await made.call<ThemesList>('themes', '--json')).json.themes;
  assert.ok(themes.reduce((sum, { size }) => sum + size, 0) >= 36);
});

test('bad data fails at once, nothing is promoted, and somebody is told', {
  skip: skip || nightly,
}, async (t) => {
  const told: string[] = [];
  await using server = await listener(told);
  const one = await scheduled(t, there, weekly(12), {
    quality: [{ check: 'row_count', min: 1_000 }],
    alerts: [{ webhook: server.url }],
  });
  await one.write();
  await one.runUntil(WEEKS[1]!).catch(() => {});
  const states = statesOf(one.dag);
  assert.deepEqual(
    [states.check, states.index, states.themes, states.alert],
    ['failed', 'upstream_failed', 'upstream_failed', 'failed'],
  );
  assert.equal(there.tasks(one.dag).find(({ task }) => task === 'check')!.tries, 1);
  assert.equal(there.state(one.dag), 'failed');
  assert.equal((await one.made.call('search', 'card')).code, 66);
  const kinds = told.flatMap((body) => JSON.parse(body).alerts.map(({ kind }: { kind: string }) => kind));
  assert.deepEqual(kinds, ['quality_failed', 'schedule_failed']);
});

/** Keeps the bodies that it is sent. */
async function listener(bodies: string[]): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(async (request, response) => {
    bodies.push(await text(request));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}
