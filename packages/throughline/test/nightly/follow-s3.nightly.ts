/** A topic that is followed into a lake in S3, one request of twenty failing, and followers killed: every message once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kafka } from '../../../../engines/kafka.ts';
import { countsOf, expectedOf, followTopic, kafkaConfig } from '../follow-kafka.ts';
import { random } from '../kill.ts';
import { project } from '../project.ts';
import { emptyLake, s3ForTests } from '../s3.ts';
import { type Fault, s3Proxy } from '../s3-proxy.ts';

const server = await kafka();
const { skip, endpoint } = await s3ForTests();
const MESSAGES = 6_000;
const FAULTS: Fault[] = [
  { kind: 'answer', status: 500, code: 'InternalError' },
  { kind: 'answer', status: 503, code: 'SlowDown' },
  { kind: 'reset before' },
  { kind: 'reset after' },
  { kind: 'late', ms: 500 },
];
const FAULT_SHARE = 0.05;

test('a topic into a lake in S3 that often fails', {
  skip: server.ok ? skip : server.reason,
}, async (t) => {
  if (!server.ok) return;
  t.after(() => server.stop());
  const next = random(9);
  let isFaulty = true;
  const proxy = await s3Proxy(t, endpoint, () =>
    isFaulty && next() < FAULT_SHARE ? FAULTS[Math.floor(next() * FAULTS.length)] : undefined,
  );
  process.env.AWS_ENDPOINT_URL = proxy.url;
  const made = await project(t, undefined, { ...kafkaConfig(server.broker, 's3'), lake: emptyLake() });
  const topic = { topic: 's3', partitions: 2, messages: MESSAGES, followers: 2, kills: 3, seed: 4 };
  const { seconds } = await followTopic(made, server, { ...topic, pauseMs: 8_000 });
  t.diagnostic(`${seconds} s, ${proxy.requests} requests, ${JSON.stringify(proxy.faults)}`);
  isFaulty = false;
  assert.deepEqual(await countsOf(made), expectedOf(MESSAGES));
});
