/** From a message of Kafka to a hit: `run --follow` and `serve` as processes, the model of the package, 20 messages a second. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, Producer } from '@platformatic/kafka';
import { freePort } from '../engines/free-port.ts';
import { kafka } from '../engines/kafka.ts';
import { complaints } from '../packages/throughline/test/complaints.ts';

export const description = 'from produce to searchable, at 20 messages a second';

const RATE = 20;
const SECONDS = Number(process.env.BENCH_FRESHNESS_SECONDS ?? 120);
/** Texts that are there before, as a day has them. */
const BEFORE = 2_000;
/** One message in so many is asked for until it is found. */
const ASKED = 10;
const LOOK_MS = 50;
const TOPIC = 'complaints';
const BIN = join(import.meta.dirname, '../packages/throughline/bin/throughline.js');

type Row = Record<string, string | number>;

export default async function run(): Promise<Row[]> {
  const server = await kafka();
  if (!server.ok) {
    console.error(`freshness: skipped: ${server.reason}`);
    return [];
  }
  const folder = await mkdtemp(join(tmpdir(), 'throughline-freshness-'));
  const children: ChildProcess[] = [];
  try {
    const client = { clientId: 'bench', bootstrapBrokers: [server.broker], retries: 20, retryDelay: 100 };
    const admin = new Admin(client);
    await admin.createTopics({ topics: [TOPIC], partitions: 2, replicas: 1 });
    await admin.close();
    const producer = new Producer(client);
    const texts = complaints(600).map(({ narrative }) => narrative);
    const send = (numbers: readonly number[]) =>
      producer.send({
        messages: numbers.map((n) => ({
          topic: TOPIC,
          partition: n % 2,
          key: Buffer.from(`m${n}`),
          value: Buffer.from(
            JSON.stringify({
              body: `${texts[n % texts.length]} Case ${wordOf(n)}.`,
              at: new Date().toISOString(),
            }),
          ),
        })),
      });
    const config = {
      name: 'freshness',
      serve: { rateLimit: 1_000_000 },
      source: {
        type: 'kafka',
        brokers: server.broker,
        topic: TOPIC,
        id: 'kafka_key',
        text: 'body',
        timestamp: 'at',
      },
    };
    await writeFile(join(folder, 'throughline.yaml'), JSON.stringify(config));
    for (let n = 0; n < BEFORE; n += 500) await send(Array.from({ length: 500 }, (_, i) => n + i));
    await ended(throughline(folder, 'run'));
    const port = await freePort();
    children.push(
      throughline(folder, 'run', '--follow'),
      throughline(folder, 'serve', '--port', String(port)),
    );
    const ask = asker(port);
    await found(ask, BEFORE - 1, performance.now() + 60_000);
    await send([BEFORE]);
    await found(ask, BEFORE, performance.now() + 60_000);
    const rows = await measure(send, ask);
    await producer.close();
    return rows;
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map(ended)).catch(() => {});
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(send: (numbers: readonly number[]) => Promise<unknown>, ask: Ask): Promise<Row[]> {
  const seconds: number[] = [];
  let lost = 0;
  const asking: Promise<void>[] = [];
  const begun = performance.now();
  for (let i = 1; i <= RATE * SECONDS; i++) {
    await sleep(Math.max(0, begun + (i * 1000) / RATE - performance.now()));
    const n = BEFORE + i;
    const sent = performance.now();
    await send([n]);
    if (i % ASKED !== 0) continue;
    asking.push(
      found(ask, n, sent + 60_000).then((at) => {
        if (at === undefined) lost++;
        else seconds.push((at - sent) / 1000);
      }),
    );
  }
  await Promise.all(asking);
  seconds.sort((a, b) => a - b);
  const at = (share: number) => Number(seconds[Math.ceil(share * seconds.length) - 1]?.toFixed(2));
  return [
    {
      messages: RATE * SECONDS,
      'a second': RATE,
      asked: seconds.length,
      lost,
      p50: at(0.5),
      p95: at(0.95),
      most: at(1),
    },
  ];
}

type Ask = (n: number) => Promise<boolean>;

function asker(port: number): Ask {
  return async (n) => {
    const body = JSON.stringify({ query: wordOf(n), mode: 'keyword', limit: 1 });
    const answer = await fetch(`http://127.0.0.1:${port}/v1/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    }).catch(() => undefined);
    if (!answer?.ok) return false;
    const { hits } = (await answer.json()) as { hits: { recordId: string }[] };
    return hits[0]?.recordId === `m${n}`;
  };
}

/** When it was found; undefined where it was not until then. */
async function found(ask: Ask, n: number, until: number): Promise<number | undefined> {
  for (; performance.now() < until; await sleep(LOOK_MS)) if (await ask(n)) return performance.now();
  return undefined;
}

/** A word that no other message has. */
function wordOf(n: number): string {
  return `zq${String(n)
    .padStart(6, '0')
    .replace(/\d/g, (digit) => 'bcdfghjklm'[Number(digit)]!)}x`;
}

function throughline(cwd: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], { cwd, stdio: ['ignore', 'ignore', 'ignore'] });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
