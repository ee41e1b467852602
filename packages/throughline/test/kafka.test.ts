/** Topics of a real Kafka as changes of records, with a table of positions that stands for the lake's. */
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, type CompressionAlgorithms, Producer } from '@platformatic/kafka';
import { type Kafka, kafka } from '../../../engines/kafka.ts';
import { nightly } from '../../../engines/nightly.ts';
import { type Config, parseConfig } from '../src/config/index.ts';
import type { RetryResult } from '../src/dlq/retry.ts';
import type { ThroughlineError } from '../src/error.ts';
import type { Change, ChangeFeed, FeedBatch } from '../src/source/change-feed.ts';
import { FieldCounts } from '../src/source/kafka/field-counts.ts';
import { describeTopic, type KafkaFeedOptions, openKafkaFeed } from '../src/source/kafka/index.ts';
import { kafkaConfig } from './follow-kafka.ts';
import { KIT } from './mapper-programs.ts';
import { project } from './project.ts';
import { readBuild } from './tables.ts';

const engine = await kafka();
const skip = engine.ok ? false : engine.reason;
let server: Kafka;
let admin: Admin;
let producer: Producer;
const client = () => ({ clientId: 'test', bootstrapBrokers: [server.broker], retries: 20, retryDelay: 100 });
before(() => {
  if (!engine.ok) return;
  server = engine;
  admin = new Admin(client());
  producer = new Producer(client());
});
after(async () => {
  if (!engine.ok) return;
  await Promise.all([admin.close(), producer.close()]);
  await server.stop();
});

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);
let topics = 0;
async function newTopic(partitions = 1, configs: Record<string, string> = {}): Promise<string> {
  const topic = `topic-${++topics}`;
  await admin.createTopics({
    topics: [topic],
    partitions,
    replicas: 1,
    configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
  });
  // The client sends all anew where one partition has no leader yet.
  const newest = { partitions: upTo(partitions).map((id) => ({ partitionIndex: id, timestamp: -1n })) };
  await admin.listOffsets({ topics: [{ name: topic, ...newest }] });
  return topic;
}

interface Sent {
  key?: string | Buffer;
  value?: string | Buffer | object | null;
  headers?: Record<string, string>;
  partition?: number;
  at?: number;
}
type Compression = (typeof CompressionAlgorithms)[keyof typeof CompressionAlgorithms];

async function send(topic: string, messages: readonly Sent[], compression: Compression = 'none') {
  await producer.send({
    messages: messages.map(({ key, value, headers = {}, partition = 0, at }) => ({
      topic,
      partition,
      ...(key !== undefined && { key: Buffer.from(key) }),
      ...(value !== null && value !== undefined && { value: bytesOf(value) }),
      headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
      ...(at !== undefined && { timestamp: BigInt(at) }),
    })),
    compression,
  });
}

function bytesOf(value: string | Buffer | object): Buffer {
  if (Buffer.isBuffer(value)) return value;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

function sourceOf(topic: string, given: object = {}): Config['source'] {
  const source = { type: 'kafka', brokers: server.broker, topic, id: 'kafka_key', text: 'text', ...given };
  return parseConfig(JSON.stringify({ name: 'test', source }), 'throughline.yaml').source;
}

/** Positions by stream, committed as a table does: only behind the one that is there. */
type Positions = Map<string, number>;

function commit(positions: Positions, { stream, after, to }: FeedBatch): boolean {
  if ((positions.get(stream) ?? null) !== after) return false;
  positions.set(stream, to);
  return true;
}

interface Opened {
  feed: ChangeFeed;
  stop: AbortController;
  warnings: string[];
}

async function open(
  t: TestContext,
  source: Config['source'],
  positions: Positions,
  given: Partial<KafkaFeedOptions> = {},
): Promise<Opened> {
  const stop = new AbortController();
  const warnings: string[] = [];
  const feed = await openKafkaFeed(source, {
    positionOf: async (stream) => positions.get(stream) ?? null,
    maxChanges: 1000,
    until: 'end',
    everyMs: 100,
    signal: stop.signal,
    directory: '.',
    warn: (message) => warnings.push(message),
    ...given,
  });
  t.after(async () => {
    stop.abort();
    await feed[Symbol.asyncDispose]();
  });
  return { feed, stop, warnings };
}

/** All that is there now, committed. */
async function readAll(
  t: TestContext,
  source: Config['source'],
  positions: Positions = new Map(),
  given: Partial<KafkaFeedOptions> = {},
): Promise<FeedBatch[]> {
  const { feed } = await open(t, source, positions, given);
  const batches: FeedBatch[] = [];
  for await (const batch of feed.batches()) {
    assert.ok(commit(positions, batch), 'a batch begins where the last one ended');
    batches.push(batch);
  }
  await feed[Symbol.asyncDispose]();
  return batches;
}

const changesOf = (batches: readonly FeedBatch[]): Change[] => batches.flatMap(({ changes }) => changes);
const rowsOf = (batches: readonly FeedBatch[]) =>
  changesOf(batches).flatMap((change) => (change.kind === 'upsert' ? [change.row] : []));

test('a topic has no plan, and the command says what there is instead', async (t) => {
  const { run } = await project(t, undefined, kafkaConfig('127.0.0.1:1', 'complaints'));
  const { code, stderr } = await run('plan');
  assert.equal(code, 78, stderr);
  assert.match(stderr, /the topic complaints has no plan.*throughline doctor.*throughline status/s);
});

test('messages are rows: fields of JSON, key, headers, time and place; tombstones delete', {
  skip,
}, async (t) => {
  const topic = await newTopic();
  const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  const value = {
    text: 'Fee charged twice',
    n: 1.5,
    big: 0,
    nested: { a: [1, { b: 'é' }] },
    no: null,
    yes: true,
  };
  const json = JSON.stringify(value).replace('"big":0', '"big":12345678901234567890, "one": 1.0');
  await send(topic, [
    { key: 'a', value: json, headers: { origin: 'crm' }, at },
    { key: 'b', value: { text: 'Card lost' }, at: at + 1 },
    { key: 'a', value: null, at: at + 2 },
  ]);
  const columns = ['n', 'big', 'one', 'nested', 'no', 'yes', 'absent'];
  const own = ['kafka_timestamp', 'kafka_offset', 'kafka_partition', 'kafka_topic', 'kafka_header_origin'];
  const fields = new FieldCounts(['text']);
  const batches = await readAll(t, sourceOf(topic, { attributes: [...columns, ...own] }), new Map(), {
    fields,
  });
  assert.deepEqual(fields.kept().fields, {
    ...{ text: { string: 2 }, n: { number: 1 }, big: { number: 1 }, one: { number: 1 } },
    ...{ nested: { nested: 1 }, yes: { boolean: 1 } },
  });
  assert.equal(batches.length, 1);
  const [{ changes, ...batch }] = batches as [FeedBatch];
  assert.deepEqual(batch, { stream: `kafka:${topic}/0`, after: null, to: 2, newestAt: at + 2, behind: 0 });
  assert.deepEqual(changes[0], {
    kind: 'upsert',
    row: {
      kafka_key: 'a',
      text: 'Fee charged twice',
      n: '1.5',
      big: '12345678901234567890',
      one: '1.0',
      nested: '{"a":[1,{"b":"é"}]}',
      no: null,
      yes: 'true',
      absent: null,
      kafka_timestamp: '2026-01-02T03:04:05.678Z',
      kafka_offset: '0',
      kafka_partition: '0',
      kafka_topic: topic,
      kafka_header_origin: 'crm',
    },
  });
  assert.deepEqual(rowsOf(batches)[1]!.kafka_header_origin, null);
  assert.deepEqual(changes[2], { kind: 'delete', id: 'a' });
});

test('rows have the columns that are asked for, also those that no mapping names', { skip }, async (t) => {
  const topic = await newTopic();
  await send(topic, [{ key: 'a', value: { text: 'Card lost', region: 'north' } }]);
  const columns = ['kafka_key', 'region'];
  const rows = rowsOf(await readAll(t, sourceOf(topic), new Map(), { columns }));
  assert.deepEqual(rows, [{ kafka_key: 'a', region: 'north' }]);
});

test('a value is text where the source says so, in every compression', { skip }, async (t) => {
  const topic = await newTopic();
  const kinds = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
  for (const kind of kinds)
    await send(
      topic,
      [
        { key: kind, value: `{"${kind}` },
        { key: kind, value: '' },
      ],
      kind,
    );
  const source = sourceOf(topic, { value: 'text', text: 'kafka_value' });
  const rows = rowsOf(await readAll(t, source));
  const wanted = kinds.flatMap((kind) => [`{"${kind}`, '']).map((text) => text);
  assert.deepEqual(
    rows.map((row) => row.kafka_value),
    wanted,
  );
});

test('what nobody can read becomes a dead letter with its place, and holds nothing up', {
  skip,
}, async (t) => {
  const topic = await newTopic();
  await send(topic, [
    { key: 'k', value: '{"text": ' },
    { key: 'l', value: '["a list"]' },
    { key: 'm', value: Buffer.from([0, 0, 0, 0, 1, 0xff]) },
    { value: null },
    { key: Buffer.from([0xff]), value: { text: 'a' } },
    { key: 'n', value: { text: 'good' } },
    { key: 'o', value: '{"text":"\\ud800"}' },
  ]);
  const changes = changesOf(await readAll(t, sourceOf(topic)));
  const letters = changes.flatMap((change) => (change.kind === 'reject' ? [change.deadLetter] : []));
  assert.deepEqual(
    letters.map(({ step, id, code }) => [step, id, code]),
    [
      ['read', 'k', 'bad_json'],
      ['read', 'l', 'bad_json'],
      ['read', 'm', 'bad_encoding'],
      ['read', `${topic}/0/3`, 'no_key'],
      ['read', `${topic}/0/4`, 'bad_key'],
      ['read', 'o', 'bad_json'],
    ],
  );
  assert.deepEqual(JSON.parse(letters[0]!.payload), {
    topic,
    partition: 0,
    offset: 0,
    bytes: 9,
    value: '{"text": ',
  });
  assert.match(letters[2]!.message, new RegExp(`^kafka:${topic}/0, offset 2: .*schema registry`));
  assert.equal(changes[5]!.kind, 'upsert');
});

test('a run goes on exactly behind what is committed, in batches of the given size', { skip }, async (t) => {
  const topic = await newTopic(3);
  const messages = upTo(90).map((i) => ({
    key: `${i}`,
    value: { text: `${i}` },
    partition: i % 3,
  }));
  await send(topic, messages);
  const positions: Positions = new Map();
  const { feed } = await open(t, sourceOf(topic), positions, { maxChanges: 7 });
  const batches: FeedBatch[] = [];
  for await (const batch of feed.batches()) {
    if (batches.length === 5) break; // given, and not committed
    assert.ok(commit(positions, batch));
    batches.push(batch);
  }
  assert.ok(batches.every(({ changes }) => changes.length === 7));
  assert.equal(
    new Set(batches.slice(0, 3).map(({ stream }) => stream)).size,
    3,
    'each partition in its turn',
  );
  assert.deepEqual(
    batches.slice(0, 3).map(({ behind }) => behind),
    [23, 23, 23],
  );
  await feed[Symbol.asyncDispose]();
  await send(topic, [{ key: '90', value: { text: '90' }, partition: 0 }]);
  batches.push(...(await readAll(t, sourceOf(topic), positions)));
  const texts = rowsOf(batches).map((row) => Number(row.text));
  assert.deepEqual(
    texts.toSorted((a, b) => a - b),
    upTo(91),
  );
  assert.deepEqual(await readAll(t, sourceOf(topic), positions), []);
});

interface Follower extends Opened {
  /** Committed, in order. */
  batches: FeedBatch[];
  refused: number;
  ended: Promise<void>;
}

/** As the follower of a lake does: commits, and where another was first lets the stream begin again. */
async function follow(
  t: TestContext,
  source: Config['source'],
  positions: Positions,
  given: Partial<KafkaFeedOptions> = {},
): Promise<Follower> {
  const opened = await open(t, source, positions, { until: 'follow', ...given });
  const follower: Follower = { ...opened, batches: [], refused: 0, ended: Promise.resolve() };
  follower.ended = (async () => {
    for await (const batch of opened.feed.batches()) {
      // As long as it takes to embed: another may come between.
      await sleep(5);
      if (commit(positions, batch)) follower.batches.push(batch);
      else {
        follower.refused++;
        opened.feed.restart(batch.stream);
      }
    }
  })();
  // It is awaited later.
  follower.ended.catch(() => {});
  return follower;
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `in time: ${what}`);
    await sleep(20);
  }
}

const countOf = (followers: readonly Follower[]) =>
  followers.reduce((sum, { batches }) => sum + changesOf(batches).length, 0);

/** The client that sends may send twice what the broker did not acknowledge. */
const textsOf = ({ batches }: Follower) => new Set(rowsOf(batches).map((row) => row.text));

test('two processes of a group share the partitions, through joining, leaving and what both have read', {
  skip,
}, async (t) => {
  const topic = await newTopic(4);
  const positions: Positions = new Map();
  const source = sourceOf(topic, { group: `group-${topic}` });
  let sent = 0;
  const sendMore = async () => {
    const texts = upTo(200).map((i) => `${sent + i}`);
    await send(
      topic,
      texts.map((text, i) => ({ key: text, value: { text }, partition: i % 4 })),
    );
    sent += 200;
  };
  await sendMore();
  const one = await follow(t, source, positions, { maxChanges: 10 });
  await until('the first reads', () => countOf([one]) > 0);
  const other = await follow(t, source, positions, { maxChanges: 10 });
  await until('the second has partitions of its own', async () => {
    await sendMore();
    await sleep(200);
    return countOf([other]) > 0;
  });
  await until('both read all', () => countOf([one, other]) === sent);
  assert.equal([one, other].filter(({ feed }) => feed.speaksForAll!()).length, 1);
  // What a third has committed is left out by both.
  for (const [stream, position] of positions) positions.set(stream, position + 5);
  await sendMore();
  await until('they go on behind the third', () => countOf([one, other]) === sent - 20);
  assert.ok(one.refused + other.refused > 0);
  one.stop.abort();
  await one.ended;
  await one.feed[Symbol.asyncDispose]();
  await sendMore();
  await until('one reads the partitions of both', () => countOf([one, other]) === sent - 20);
  assert.equal(other.feed.speaksForAll!(), true);
  for (const id of upTo(4)) {
    const its = [...one.batches, ...other.batches]
      .filter(({ stream }) => stream === `kafka:${topic}/${id}`)
      .sort((a, b) => a.to - b.to);
    const ends = its.slice(1).map(({ after }, i) => after! >= its[i]!.to);
    assert.ok(
      ends.every((isBehind) => isBehind),
      'each in order, none twice',
    );
  }
  await until('the group knows how far they are', async () => {
    const [group] = await admin.listConsumerGroupOffsets({ groups: [`group-${topic}`] });
    const offsets = group!.topics[0]?.partitions.map(({ committedOffset }) => Number(committedOffset)) ?? [];
    return offsets.length === 4 && offsets.every((offset) => offset === sent / 4);
  });
});

test('messages that are gone before they were read end the run, or are skipped with a warning', {
  skip,
}, async (t) => {
  const topic = await newTopic();
  const positions: Positions = new Map();
  const messages = upTo(30).map((i) => ({ key: `${i}`, value: { text: `${i}` } }));
  await send(topic, messages.slice(0, 10));
  await readAll(t, sourceOf(topic), positions);
  await send(topic, messages.slice(10));
  await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 20n }] }] });
  await assert.rejects(readAll(t, sourceOf(topic), positions), (error: ThroughlineError) => {
    assert.deepEqual([error.code, error.exitCode], ['source_gap', 65]);
    assert.match(error.message, new RegExp(`kafka:${topic}/0: offsets 10 to 19 were deleted`));
    return true;
  });
  const { feed, warnings } = await open(t, sourceOf(topic, { onGap: 'skip' }), positions);
  const batches: FeedBatch[] = [];
  for await (const batch of feed.batches()) batches.push(batch);
  assert.deepEqual([batches.length, batches[0]!.after, batches[0]!.to], [1, 9, 29]);
  assert.equal(batches[0]!.changes.length, 10);
  assert.match(warnings.join(), /offsets 10 to 19 .* skipped/);
  // A position that the topic has not reached is of another topic.
  positions.set(`kafka:${topic}/0`, 99);
  await assert.rejects(readAll(t, sourceOf(topic), positions), { code: 'source_replaced', exitCode: 65 });
});

test('aborted transactions are left out, and an open one is not there yet', { skip }, async (t) => {
  const topic = await newTopic();
  const transactional = new Producer({ ...client(), transactionalId: topic, idempotent: true });
  t.after(() => transactional.close());
  const sendIn = async (text: string, end: 'commit' | 'abort' | undefined) => {
    const transaction = await transactional.beginTransaction();
    const message = { topic, partition: 0, key: Buffer.from(text), value: bytesOf({ text }) };
    await transaction.send({ messages: [message] });
    if (end !== undefined) await transaction[end]();
    return transaction;
  };
  await sendIn('aborted', 'abort');
  await sendIn('committed', 'commit');
  await sendIn('aborted too', 'abort');
  await send(topic, [{ key: 'plain', value: { text: 'plain' } }]);
  const open = await sendIn('open', undefined);
  await send(topic, [{ key: 'behind', value: { text: 'behind the open one' } }]);
  const positions: Positions = new Map();
  const texts = async () => rowsOf(await readAll(t, sourceOf(topic), positions)).map((row) => row.text);
  assert.deepEqual(await texts(), ['committed', 'plain']);
  await open.abort();
  assert.deepEqual(await texts(), ['behind the open one']);
  assert.deepEqual(await texts(), []);
  // Marks and aborted messages behind the last message are read too: gone, they are no gap, and nothing is behind them.
  await sendIn('last', 'commit');
  const [last] = await readAll(t, sourceOf(topic), positions);
  assert.deepEqual([last!.changes.length, last!.behind], [1, 0]);
  await sendIn('aborted at the end', 'abort');
  const [mark, ...more] = await readAll(t, sourceOf(topic), positions);
  assert.deepEqual([mark!.changes, mark!.behind, more], [[], 0, []]);
  await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: -1n }] }] });
  assert.deepEqual(await readAll(t, sourceOf(topic), positions), []);
});

test('what cannot be opened says why, and an abort ends what is followed', { skip }, async (t) => {
  const topic = await newTopic();
  const openIt = (given: object, options: object = {}) => open(t, sourceOf(topic, given), new Map(), options);
  await assert.rejects(openIt({ topic: 'none' }), { code: 'source_missing', exitCode: 66 });
  const nobody = { brokers: ['127.0.0.1:1'] };
  await assert.rejects(openIt(nobody, { patienceMs: 200 }), (error: ThroughlineError) => {
    assert.deepEqual([error.code, error.exitCode], ['source_unavailable', 75]);
    assert.match(error.message, /Kafka at 127.0.0.1:1: .*ECONNREFUSED/);
    return true;
  });
  const { broker, username, password } = server.sasl;
  const sasl = { mechanism: 'PLAIN', username, password };
  await send(topic, [{ key: 'a', value: { text: 'a' } }]);
  assert.equal((await readAll(t, sourceOf(topic, { brokers: broker, sasl }))).length, 1);
  const tls = { ca: server.tls.ca };
  assert.equal((await readAll(t, sourceOf(topic, { brokers: server.tls.broker, tls }))).length, 1);
  const untrusted = { brokers: server.tls.broker, tls: true };
  await assert.rejects(openIt(untrusted, { patienceMs: 0 }), { code: 'source_unavailable', exitCode: 75 });
  const wrong = { brokers: broker, sasl: { ...sasl, password: 'guessed-it' } };
  await assert.rejects(openIt(wrong), (error: ThroughlineError) => {
    assert.deepEqual([error.code, error.exitCode], ['source_refused', 77]);
    assert.doesNotMatch(error.message + error.hint, /guessed/);
    return true;
  });
  assert.equal(await describeTopic(sourceOf(topic), '.'), `topic ${topic}, 1 partitions, 1 messages`);
  await assert.rejects(describeTopic(sourceOf('none'), '.'), { code: 'source_missing', exitCode: 66 });
  const followed = await follow(t, sourceOf(topic), new Map());
  await until('it reads', () => countOf([followed]) === 1);
  followed.stop.abort();
  await followed.ended;
});

test('from latest begins behind what is there, and the next run behind that', { skip }, async (t) => {
  const topic = await newTopic(2);
  await send(topic, [{ key: 'old', value: { text: 'old' } }]);
  const positions: Positions = new Map();
  const source = sourceOf(topic, { from: 'latest' });
  assert.deepEqual(changesOf(await readAll(t, source, positions)), []);
  assert.deepEqual(Object.fromEntries(positions), { [`kafka:${topic}/0`]: 0, [`kafka:${topic}/1`]: -1 });
  const fresh = upTo(2).map((partition) => ({ key: 'new', value: { text: `new ${partition}` }, partition }));
  await send(topic, fresh);
  const rows = rowsOf(await readAll(t, source, positions));
  assert.deepEqual(rows.map(({ text }) => text).sort(), ['new 0', 'new 1']);
  // The topic grows while nobody reads it: a new partition has nothing that is to be left out.
  await admin.createPartitions({ topics: [{ name: topic, count: 4 }] });
  await send(
    topic,
    [2, 3].map((partition) => ({ key: 'c', value: { text: `in ${partition}` }, partition })),
  );
  const added = rowsOf(await readAll(t, source, positions));
  assert.deepEqual(added.map(({ text }) => text).sort(), ['in 2', 'in 3']);
  // One that was not committed when the first run was killed was there before.
  positions.delete(`kafka:${topic}/0`);
  assert.deepEqual(changesOf(await readAll(t, source, positions)), []);
});

test('a topic that grows while it is followed is read whole', { skip }, async (t) => {
  const topic = await newTopic(1);
  const source = sourceOf(topic, { from: 'latest' });
  const alone = await follow(t, source, new Map(), { growthMs: 200 });
  const member = await follow(t, source, new Map(), { growthMs: 200, group: `group-${topic}` });
  await until('both have begun', () => [alone, member].every(({ batches }) => batches.length === 1));
  await admin.createPartitions({ topics: [{ name: topic, count: 3 }] });
  const wide = upTo(3).map((partition) => ({ key: 'a', value: { text: `${partition}` }, partition }));
  await send(topic, wide);
  await until('both read all partitions', () => [alone, member].every((one) => textsOf(one).size === 3));
});

test('a field that messages no longer have stops the promotion until it is accepted, and no field is null without a word', {
  skip: skip || nightly,
}, async (t) => {
  const topic = await newTopic();
  let sent = 0;
  const sendMore = async (count: number, fields: object) => {
    const messages = upTo(count).map((i) => ({
      key: `${sent + i}`,
      value: { text: `Fee ${sent + i} charged twice`, day: '2024-01-01', ...fields },
    }));
    await send(topic, messages);
    sent += count;
  };
  const config = kafkaConfig(server.broker, topic);
  const source = { ...config.source, attributes: ['category', 'prodcut', 'kind'] };
  const themes = { sample: 100 };
  const quality = [{ check: 'schema' }];
  const made = await project(t, undefined, { ...config, source, quality, themes });
  const run = async (...args: string[]) => {
    const { code, json, stderr } = await made.run('run', ...args, '--json');
    const check = json?.quality.find(({ name }) => name === 'schema');
    return { code, stderr, check: check && [check.status, check.observed, check.sample] };
  };
  await sendMore(150, { category: 'card', product: 'visa', n: 1 });
  const first = await run();
  assert.deepEqual([first.code, first.check], [0, ['passed', null, []]], first.stderr);
  assert.match(
    first.stderr,
    /none of 150 messages has a field "prodcut" \(did you mean "product"\?\): it is null/,
  );
  await sendMore(50, { category: 'card', product: 'visa', n: 1 });
  const second = await run();
  assert.equal(second.code, 0, 'together they are enough, and there is nothing to compare them with');
  assert.match(second.stderr, /none of 200 messages has a field "kind": it is null/);
  await sendMore(200, { kind: 'card', product: 'visa', n: '1' });
  const lacking = 'missing category (100 % of the messages had it, now 0 %)';
  const found = ['failed', 3, [lacking, 'n is string, was number', 'new kind']];
  const refused = await run();
  assert.deepEqual([refused.code, refused.check], [65, found], refused.stderr);
  await sendMore(1, { kind: 'card', product: 'visa', n: '1' });
  const again = await run();
  assert.deepEqual(
    [again.code, again.check],
    [65, found],
    'what was refused stays refused, however little comes',
  );
  const accepted = await run('--accept-schema');
  assert.deepEqual([accepted.code, accepted.check], [0, found], accepted.stderr);
  await sendMore(199, { kind: 'card', product: 'visa', n: '1' });
  const after = await run();
  assert.deepEqual([after.code, after.check], [0, ['passed', 0, []]], after.stderr);
  // Without a check a mapped field that is gone is told all the same.
  await made.configure({ ...config, source, themes });
  await sendMore(200, { product: 'visa', n: 1 });
  const { code, stderr } = await made.run('run');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /the source has changed: missing kind \(/);
});

const RAISES = `import throughline_mapper as mapper


def clean(row):
    if "raise" in row["text"]:
        raise ValueError("no such word")
    return row


mapper.rows(clean)
`;

test('dead letters of a topic come back by their newest messages, when the function is mended', {
  skip,
}, async (t) => {
  const topic = await newTopic(2);
  const value = (text: string) => ({ text, day: '2024-01-01' });
  await send(topic, [
    { key: 'well', value: value('Fee charged twice') },
    { key: 'dead', value: value('raise: an older word') },
    { key: 'dead', value: value('raise: the newest word'), partition: 0 },
    { key: 'late', value: value('raise, then mended'), partition: 1 },
    { key: 'unread', value: '{"text"', partition: 1 },
  ]);
  const transform = [{ command: ['python3', 'clean.py'] }];
  const made = await project(t, undefined, {
    ...kafkaConfig(server.broker, topic),
    transform,
    themes: { sample: 100 },
  });
  await cp(KIT, join(made.folder, 'throughline_mapper.py'));
  await made.write('clean.py', RAISES);
  const first = await made.call('run', '--json');
  assert.deepEqual([first.code, first.json.records, first.json.deadLetters], [0, 1, 3], first.stderr);
  await send(topic, [{ key: 'late', value: value('It is mended'), partition: 1 }]);
  await made.write('clean.py', RAISES.replace('raise ValueError', 'str'));
  const { code, json: retried, stderr } = await made.call<RetryResult>('dlq', 'retry', '--json');
  assert.deepEqual([code, retried.tried, retried.resolved, retried.open], [0, 3, 2, 1], stderr);
  const { records, passages, dead_letters } = await readBuild(made.lake);
  const texts = [
    ['dead', 'raise: the newest word'],
    ['late', 'It is mended'],
    ['well', 'Fee charged twice'],
  ];
  for (const rows of [records, passages])
    assert.deepEqual(rows.map(({ _id, _text }) => [_id, _text]).toSorted(), texts);
  assert.deepEqual(
    dead_letters.map(({ _id }) => _id),
    ['unread'],
  );
  const { json } = await made.call('run', '--json');
  assert.deepEqual([json.sourceRows, json.chunks.done], [0, 0], 'the topic was read to its end before');
});

test('a broker that goes away and comes back holds the feed up, and no more', {
  skip: skip || nightly,
}, async (t) => {
  const topic = await newTopic(2);
  let sent = 0;
  const sendSome = async () => {
    const texts = upTo(20).map((i) => `${sent + i}`);
    await send(
      topic,
      texts.map((text, i) => ({ key: text, value: { text }, partition: i % 2 })),
    );
    sent += 20;
  };
  const alone = await follow(t, sourceOf(topic), new Map());
  const member = await follow(t, sourceOf(topic, { group: `group-${topic}` }), new Map());
  const haveAll = () => [alone, member].every((one) => textsOf(one).size === sent);
  await sendSome();
  await until('both read', haveAll);
  await server.kill();
  await server.start();
  await sendSome();
  await until('both go on', haveAll);
  await server.halt();
  await server.start();
  await sendSome();
  await until('both go on again', haveAll);
  assert.deepEqual([alone.refused, member.refused], [0, 0]);
});
