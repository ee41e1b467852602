/**
 * The server under load: hybrid search over 100,000 passages with the questions embedded, beside what the searcher and the model need
 * for the same by themselves; then twice as much as it can, for a minute.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon, { type Client, type Options, type Request, type Result } from 'autocannon';
import { FORMAT } from '../packages/throughline/src/search/manifest.ts';
import { CACHE, SHARED } from './collections.ts';
import { withoutFailed } from './search/corpus.ts';
import { embedded } from './search/embedded.ts';
import { makeTheIndex, writeLake } from './search/lake.ts';
import { readTexts } from './search/texts.ts';
import { measureInside } from './serve/inside.ts';
import { oneByOne } from './serve/one-by-one.ts';

export const description =
  'hybrid search by HTTP in 100,000 passages: latency, the share of the server, overload';

const PASSAGES = Number(process.env.BENCH_SERVE_PASSAGES ?? 100_000);
const SECONDS = Number(process.env.BENCH_SERVE_SECONDS ?? 20);
const OVERLOAD_SECONDS = Number(process.env.BENCH_SERVE_OVERLOAD_SECONDS ?? 60);
const CONNECTIONS = [1, 2, 8];
const CLI = join(import.meta.dirname, '../packages/throughline/bin/throughline.js');
/** Enough that none of them is remembered when it comes again. */
const LEAST_QUESTIONS = 1_200;
const ONE_BY_ONE = 1_000;

/** A prime: no two connections meet soon. */
const STRIDE = 397;

type Row = Record<string, string | number>;

export default async function run(): Promise<Row[]> {
  const texts = await readTexts(SHARED, PASSAGES);
  if (!texts || texts.questions.length < LEAST_QUESTIONS) {
    console.error(`serve: skipped, the collections are not in ${SHARED}`);
    return [];
  }
  const folder = join(CACHE, `serve-${PASSAGES}-f${FORMAT}`);
  await mkdir(folder, { recursive: true });
  if (!(await isThere(join(folder, 'made.json')))) {
    console.error('serve: making the index');
    const corpus = withoutFailed({ texts: texts.passages, vectors: await embedded(texts.passages) });
    await writeLake(join(folder, 'lake'), corpus, PASSAGES);
    await writeFile(join(folder, 'made.json'), JSON.stringify(await makeTheIndex(join(folder, 'lake'))));
  }
  console.error('serve: asking the searcher and the model by themselves');
  const inside = await measureInside(join(folder, 'lake'), texts.questions);
  await using server = await startServer(folder);
  const load: Load = (options) =>
    loaded({ url: `${server.url}/v1/search`, ...options }, requestsOf(texts.questions));
  await load({ connections: 1, duration: 3 });
  const rows: Row[] = [];
  let capacity = 0;
  const bodies = requestsOf(texts.questions).map(({ body }) => String(body));
  const alone = await oneByOne(server.url, bodies.slice(0, ONE_BY_ONE));
  for (const connections of CONNECTIONS) {
    console.error(`serve: ${connections} connections`);
    const result = await load({ connections, duration: SECONDS });
    rows.push(rowOf(`${connections} connections`, result));
    capacity = Math.max(capacity, result.requests.average);
  }
  return [
    ...Object.entries(inside).map(([what, { p50, p95 }]): Row => ({ what, 'p50 ms': p50, 'p95 ms': p95 })),
    ...rows,
    { what: 'one after another', 'p50 ms': alone.p50 },
    { what: 'share of the server, by its own clock', value: alone.share },
    {
      what: 'share of the server, against the searcher in this process',
      value: 1 - inside['search with embedding']!.p50 / alone.p50,
    },
    ...(await overload(server, capacity, load)),
  ];
}

interface Server extends AsyncDisposable {
  url: string;
  pid: number;
}

async function startServer(folder: string): Promise<Server> {
  const config = {
    name: 'bench',
    source: { type: 'csv', path: 'none.csv', id: 'id', text: 'text' },
    lake: './lake',
    serve: { port: 0, rateLimit: 100_000_000 },
  };
  await writeFile(join(folder, 'throughline.yaml'), JSON.stringify(config));
  const child = spawn(process.execPath, [CLI, 'serve', '--json', '--log-level', 'warn'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return {
    url: JSON.parse(line).url,
    pid: child.pid!,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function requestsOf(questions: readonly string[]): Request[] {
  return questions.map((query) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, syntax: false, limit: 10 }),
  }));
}

interface Loaded extends Result {
  /** Milliseconds within which that share of the requests was answered. */
  at(share: number): number;
}

type Load = (options: { connections: number; overallRate?: number; duration: number }) => Promise<Loaded>;

/** Autocannon counts whole milliseconds; the times of single answers are finer. */
async function loaded(options: Options, requests: readonly Request[]): Promise<Loaded> {
  const times: number[] = [];
  let clients = 0;
  // Each connection begins elsewhere: questions that are asked at the same time would be answered once.
  const setupClient = (client: Client) => {
    const start = (clients++ * STRIDE) % requests.length;
    client.setRequests([...requests.slice(start), ...requests.slice(0, start)]);
  };
  const result = await new Promise<Result>((resolve, reject) => {
    const cannon = autocannon({ ...options, setupClient }, (error, done) =>
      error ? reject(error) : resolve(done),
    );
    cannon.on('response', (_, __, ___, ms) => times.push(ms));
  });
  times.sort((a, b) => a - b);
  return { ...result, at: (share) => times[Math.floor(share * times.length)] ?? 0 };
}

function rowOf(what: string, { at, requests, statusCodeStats }: Loaded): Row {
  return {
    ...{ what, 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'p99 ms': at(0.99) },
    'requests/s': requests.average,
    statuses: Object.entries(statusCodeStats ?? {})
      .map(([status, { count }]) => `${status}: ${count}`)
      .join(', '),
  };
}

/** Twice what it can, from many connections; memory each second, and how soon it is as fast as before. */
async function overload({ url, pid }: Server, capacity: number, load: Load): Promise<Row[]> {
  console.error(`serve: twice ${Math.round(capacity)} requests a second for ${OVERLOAD_SECONDS} s`);
  const memory: number[] = [];
  const watch = setInterval(async () => memory.push(await residentMiB(pid)), 1_000);
  const result = await load({
    connections: 200,
    overallRate: Math.round(2 * capacity),
    duration: OVERLOAD_SECONDS,
  });
  clearInterval(watch);
  const ended = performance.now();
  while (!(await isAnswered(url))) await sleep(50);
  const third = Math.floor(memory.length / 3);
  return [
    rowOf('twice as much', result),
    { what: 'seconds until it answers again', value: (performance.now() - ended) / 1_000 },
    { what: 'MiB after a third of the overload', value: memory[third] ?? 0 },
    { what: 'MiB at its end', value: memory.at(-1) ?? 0 },
  ];
}

async function isAnswered(url: string): Promise<boolean> {
  const [request] = requestsOf(['Where is my card?']);
  const { status } = await fetch(`${url}/v1/search`, request as RequestInit);
  return status === 200;
}

async function residentMiB(pid: number): Promise<number> {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? 0) / 1_024;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
