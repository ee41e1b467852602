/** A topic of half a million messages, two followers, kills and rebalances. Some ten minutes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kafka } from '../../../../engines/kafka.ts';
import { expectedOf, followTopic, kafkaConfig } from '../follow-kafka.ts';
import { project } from '../project.ts';

const server = await kafka();
const MESSAGES = Number(process.env.THROUGHLINE_FOLLOWED_MESSAGES ?? 500_000);

test('a large topic: every message once', {
  skip: server.ok ? false : server.reason,
}, async (t) => {
  if (!server.ok) return;
  t.after(() => server.stop());
  const made = await project(t, undefined, kafkaConfig(server.broker, 'large'));
  const topic = {
    topic: 'large',
    partitions: 6,
    messages: MESSAGES,
    followers: 2,
    kills: 8,
    seed: 5,
    pauseMs: 15_000,
  };
  const { seconds, ...counts } = await followTopic(made, server, topic);
  t.diagnostic(`${seconds} s`);
  assert.deepEqual(counts, expectedOf(MESSAGES));
});
