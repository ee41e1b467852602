/** Alerts of a pipeline, as a webhook and Slack get them. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Alert, Notice } from '../src/alert/alert.ts';
import { start } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { KIT } from './mapper-programs.ts';
import { project } from './project.ts';
import { type Received, receiver } from './receiver.ts';

const ROWS = complaints(40);
const SECRET = 'a secret of the webhook';

function alertsFor(url: string) {
  return [{ webhook: `${url}/hook/private-path`, secretVariable: 'ALERT_SECRET' }];
}

test('each trouble is told once with what to do, signed, and once more when it is over', async (t) => {
  const { url, received, statuses, news } = await receiver(t);
  process.env.ALERT_SECRET = SECRET;
  const quality = [{ check: 'not_null', column: 'state' }];
  const made = await project(t, toCsv(ROWS), {
    alerts: alertsFor(url),
    quality: [],
    themes: { sample: 100 },
  });
  assert.equal((await made.call('run', '--json')).code, 0);
  assert.deepEqual(news(), [], 'nothing is told of a run that is well');

  await made.configure({ alerts: alertsFor(url), quality, themes: { sample: 100 } });
  await made.write('data.csv', toCsv([...ROWS, { ...ROWS[0]!, complaint_id: 'x-1', state: '' }]));
  statuses.push(503);
  assert.equal((await made.call('run', '--json')).code, 65);
  const [{ signature, body }] = received as [Received];
  const [, at, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature!)!;
  assert.equal(digest, createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex'));
  const [{ alerts, pipeline }] = news() as [Notice];
  assert.equal(pipeline, 'hostile');
  const [alert] = alerts as [Alert];
  assert.deepEqual([alerts.length, alert.key], [1, 'quality_failed/not_null_state']);
  assert.match(alert.happened, /x-1/);
  assert.match(alert.effect, /Nothing was promoted/);
  assert.match(alert.command, /^throughline quality --run \S+ --failed$/);

  assert.equal((await made.call('run', '--json')).code, 65);
  assert.deepEqual(news(), [], 'it is told once');

  await made.write('data.csv', toCsv(ROWS));
  assert.equal((await made.call('run', '--json')).code, 0);
  assert.deepEqual(
    news().map(({ alerts, recovered }) => [alerts, recovered]),
    [[[], ['Quality check not_null_state failed']]],
  );

  await rm(join(made.folder, 'data.csv'));
  assert.equal((await made.run('run', '--json')).code, 66);
  const [missing] = news();
  assert.match(missing!.alerts[0]!.happened, /data\.csv/);
  await made.write('data.csv', toCsv([...ROWS, { ...ROWS[0]!, complaint_id: 'x-2', narrative: ' ' }]));
  assert.equal((await made.call('run', '--json')).code, 0);
  const [back] = news();
  assert.equal(back!.recovered.length, 1);
  assert.equal(back!.alerts[0]!.kind, 'dead_letters');
});

/** Lets rows through once the file `go` is there. */
const WAITS = `import os
import time

import throughline_mapper as mapper

open("began", "w").close()
while not os.path.exists("go"):
    time.sleep(0.05)
mapper.column("narrative", str)
`;

test('a run that was killed is told by the next; nobody who can be told changes nothing for a run', async (t) => {
  const { url, statuses, news } = await receiver(t);
  const made = await project(t, toCsv(ROWS), {
    alerts: [{ webhook: `${url}/hook/private-path` }],
    transform: [{ command: ['python3', 'waits.py'] }],
  });
  await cp(KIT, join(made.folder, 'throughline_mapper.py'));
  await made.write('waits.py', WAITS);
  const child = start(['run'], { cwd: made.folder });
  while (!existsSync(join(made.folder, 'began'))) await sleep(50);
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
  await made.write('go', '');
  assert.equal((await made.call('run', '--json')).code, 0);
  const [notice] = news();
  assert.equal(notice?.alerts[0]?.kind, 'run_killed');
  assert.equal((await made.call('run', '--json')).code, 0);
  assert.deepEqual(news(), []);
  statuses.push(404);
  await made.write('data.csv', toCsv([...ROWS, { ...ROWS[0]!, complaint_id: 'x-3', narrative: '' }]));
  const ran = await made.call('run', '--only', 'map', '--json');
  assert.equal(ran.code, 0);
  assert.match(ran.stderr, /an alert could not be sent/);
  assert.ok(!ran.stderr.includes('private-path'), 'an address is a secret');
});

test('doctor --alerts sends a test to a webhook and to Slack, and says who cannot be reached', async (t) => {
  const { url, received } = await receiver(t);
  const made = await project(t, toCsv(ROWS), {
    alerts: [{ webhook: `${url}/hook` }, { slack: `${url}/slack` }],
  });
  const { json } = await made.call<{ checks: { check: string; ok: boolean; message: string }[] }>(
    'doctor',
    '--alerts',
    '--json',
  );
  assert.ok(json.checks.find(({ check }) => check === 'alerts')!.ok);
  const slack = JSON.parse(received.find(({ path }) => path === '/slack')!.body);
  assert.match(slack.text, /Throughline hostile: 1 alert/);
  assert.ok(
    slack.blocks.every(
      (block: { text?: { type: string } }) => !block.text || block.text.type === 'plain_text',
    ),
  );
  await made.configure({ alerts: [] });
  const none = await made.call<{ checks: { check: string; message: string }[] }>(
    'doctor',
    '--alerts',
    '--json',
  );
  assert.match(none.json.checks.find(({ check }) => check === 'alerts')!.message, /nobody is told/);
});
