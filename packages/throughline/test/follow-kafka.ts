/** A topic that is written while several follow it, are killed and follow again; and what the tables come to. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, Producer } from '@platformatic/kafka';
import { openTable, relation } from '@throughline/delta';
import type { Kafka } from '../../../engines/kafka.ts';
import { openSession } from '../src/engine/local/session.ts';
import { readJson } from '../src/lake/json-file.ts';
import { lakePath } from '../src/lake/lake-path.ts';
import { type Follower, startFollower } from './follower.ts';
import { random } from './kill.ts';
import type { Project } from './project.ts';

export interface FollowedTopic {
  topic: string;
  partitions: number;
  messages: number;
  followers: number;
  kills: number;
  seed: number;
  /** Between two kills, at random up to twice that. */
  pauseMs: number;
}

const POISON_EVERY = 500;
const SENT_AT_ONCE = 1_000;

export function kafkaConfig(broker: string, topic: string) {
  return {
    source: {
      ...{
        type: 'kafka',
        path: undefined,
        brokers: broker,
        topic,
        id: 'kafka_key',
        text: 'text',
        timestamp: 'day',
      },
      attributes: [
        { part: { column: 'kafka_partition', type: 'long' } },
        { place: { column: 'kafka_offset', type: 'long' } },
      ],
    },
    chunk: { by: 'day', every: '1d' },
    embed: { model: 'hash', dimension: 32 },
    follow: { every: '200ms', derive: '10m' },
  };
}

/** Ids are 0, 1, 2, ...; one message in POISON_EVERY is no JSON. */
async function produce(broker: string, { topic, partitions, messages }: FollowedTopic): Promise<void> {
  const client = { clientId: 'test', bootstrapBrokers: [broker], retries: 20, retryDelay: 100 };
  const producer = new Producer(client);
  for (let from = 0; from < messages; from += SENT_AT_ONCE) {
    const ids = Array.from({ length: Math.min(SENT_AT_ONCE, messages - from) }, (_, i) => from + i);
    await producer.send({
      messages: ids.map((id) => ({
        ...{
          topic,
          partition: id % partitions,
          key: Buffer.from(String(id)),
          value: Buffer.from(messageOf(id)),
        },
      })),
    });
  }
  await producer.close();
}

function messageOf(id: number): string {
  if (id % POISON_EVERY === 7) return `{ "text": "message ${id}`;
  const day = `2024-01-${String(1 + (id % 10)).padStart(2, '0')}`;
  return JSON.stringify({ text: `They charged fee number ${id} twice`, day });
}

export async function followTopic(made: Project, { broker }: Kafka, topic: FollowedTopic) {
  const { partitions, messages, seed } = topic;
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker], retries: 20, retryDelay: 100 });
  await admin.createTopics({ topics: [topic.topic], partitions, replicas: 1 });
  await admin.close();
  const next = random(seed);
  const started = performance.now();
  const followers = Array.from({ length: topic.followers }, () => startFollower(made));
  try {
    const producing = produce(broker, topic);
    for (let i = 0; i < topic.kills; i++) {
      await sleep(topic.pauseMs * (0.5 + next()));
      const at = Math.floor(next() * followers.length);
      followers[at]!.child.kill('SIGKILL');
      await followers[at]!.ended;
      followers[at] = startFollower(made);
    }
    await producing;
    await untilAll(made, messages, followers);
    // The last that was started may not listen to signals yet.
    await sleep(2_000);
    for (const follower of followers) {
      follower.child.kill('SIGINT');
      assert.equal(await follower.ended, 0, follower.told());
    }
  } finally {
    for (const { child } of followers) child.kill('SIGKILL');
  }
  return { seconds: Math.round((performance.now() - started) / 1000), ...(await countsOf(made)) };
}

/** Rows of the tables, and how many different messages they are of. */
export async function countsOf({ lake }: Project) {
  const { build: digest } = (await readJson<{ build: string }>(lakePath(lake, 'current.json')))!;
  await using session = await openSession();
  const count = async (table: string, different: string) => {
    await using found = await relation(await openTable(lakePath(lake, 'builds', digest, table)));
    const [row] = await session.query(
      `SELECT count(*)::INT AS rows, count(DISTINCT ${different})::INT AS different FROM ${found.sql}`,
    );
    return row as { rows: number; different: number };
  };
  return {
    records: await count('records', '(_id, part, place)'),
    passages: await count('passages', '(_id, part, place)'),
    deadLetters: await count('dead_letters', '_payload'),
  };
}

export function expectedOf(messages: number) {
  const poison = Array.from({ length: messages }, (_, id) => id).filter(
    (id) => id % POISON_EVERY === 7,
  ).length;
  const good = messages - poison;
  return {
    records: { rows: good, different: good },
    passages: { rows: good, different: good },
    deadLetters: { rows: poison, different: poison },
  };
}

async function untilAll(made: Project, messages: number, followers: readonly Follower[]): Promise<void> {
  for (const until = performance.now() + 1_200_000; performance.now() < until; await sleep(1_000)) {
    for (const { child, told } of followers) assert.equal(child.exitCode, null, told());
    const found = await countsOf(made).catch(() => undefined);
    if (found && found.passages.rows + found.deadLetters.rows >= messages) return;
  }
  assert.fail(`${JSON.stringify(await countsOf(made))} of ${messages}`);
}
