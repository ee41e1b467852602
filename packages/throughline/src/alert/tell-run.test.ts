import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openLake } from '../lake/lake.ts';
import type { Alert } from './alert.ts';
import { readAlertStates } from './open-alerts.ts';
import { tellRun } from './tell-run.ts';

/** The titles that somebody is told, message by message. */
async function told(t: TestContext) {
  const messages: string[][] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    messages.push((JSON.parse(body).alerts as Alert[]).map(({ title }) => title));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { messages, webhook: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

const alert = (key: string): Alert => ({
  ...{ key, kind: 'stream_late', title: key, happened: 'It is late.', effect: 'None.' },
  ...{ todo: 'Wait.', command: 'throughline status' },
});

test('what is told at the same time from several places is told once each, and known afterwards', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'throughline-tell-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const lake = await openLake(root, 't', () => 'pipeline');
  const { messages, webhook } = await told(t);
  const config = { name: 't', alerts: [{ webhook }] } as Parameters<typeof tellRun>[1];
  const warnings: string[] = [];
  const effects = { clock: () => 1_000, env: {}, warn: (message: string) => warnings.push(message) };
  const tell = (...keys: string[]) =>
    tellRun(lake, config, { run: 'r', alerts: keys.map(alert), looked: () => false }, effects);
  await Promise.all([tell('a'), tell('b'), tell('c', 'a')]);
  assert.deepEqual(messages, [['a'], ['b'], ['c']]);
  const [open] = Object.values(await readAlertStates(lake));
  assert.deepEqual(Object.keys(open!).sort(), ['a', 'b', 'c']);
  assert.deepEqual(warnings, []);
});
