import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kafka } from '../../../engines/kafka.ts';
import { expectedOf, followTopic, kafkaConfig } from './follow-kafka.ts';
import { project } from './project.ts';

const server = await kafka();

test('a topic with two followers of which some are killed: every message once, poison as dead letters', {
  skip: server.ok ? false : server.reason,
}, async (t) => {
  if (!server.ok) return;
  t.after(() => server.stop());
  const made = await project(t, undefined, kafkaConfig(server.broker, 'complaints'));
  const messages = 6_000;
  const topic = {
    topic: 'complaints',
    partitions: 4,
    messages,
    followers: 2,
    kills: 2,
    seed: 3,
    pauseMs: 2_500,
  };
  const { seconds, ...counts } = await followTopic(made, server, topic);
  t.diagnostic(`${seconds} s`);
  assert.deepEqual(counts, expectedOf(messages));
  const again = await made.run('run', '--json');
  assert.deepEqual([again.code, again.json.sourceRows], [0, 0], again.stderr);
  assert.ok(again.json.index);
  const found = await made.run<{ hits: { id: string }[] }>(
    'search',
    'fee number 42',
    '--mode',
    'keyword',
    '--json',
  );
  assert.equal(found.code, 0, found.stderr);
});
