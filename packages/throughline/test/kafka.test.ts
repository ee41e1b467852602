/** Topics of a real Kafka as changes of records, with a table of positions that stands for the lake's. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { Admin, type CompressionAlgorithms, Producer } from '@platformatic/kafka';
import { type Kafka, kafka } from '../../../engines/kafka.ts';
import { type Config, parseConfig } from '../src/config/index.ts';
import type { Change, ChangeFeed, FeedBatch } from '../src/source/change-feed.ts';
import { type KafkaFeedOptions, openKafkaFeed } from '../src/source/kafka/index.ts';

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
  const batches = await readAll(t, sourceOf(topic, { attributes: [...columns, ...own] }));
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
      ['read', null, 'no_key'],
      ['read', null, 'bad_key'],
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
