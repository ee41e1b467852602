/** The server as a process: started, swapped, overloaded and stopped while it is asked. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { nightly } from '../../../engines/nightly.ts';
import { createClient } from '../src/api/client.ts';
import { loadConfig } from '../src/config/index.ts';
import { promoteVersion } from '../src/search/versions.ts';
import { call } from './call.ts';
import { run, start } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { type ServedProject, servedProject } from './served.ts';

const CONFIG = {
  serve: { concurrency: 1, queue: 2, threads: 1, rateLimit: 1_000_000 },
  embed: { model: 'minilm' },
};

let project: ServedProject;

before(async () => {
  project = await servedProject(60, { change: CONFIG });
});
after(() => project?.remove());

/** `throughline serve` on a free port; stopped with SIGTERM, it gives its exit code. */
async function serve({ env = {}, args = [] }: { env?: Record<string, string>; args?: string[] } = {}) {
  const child = start(['serve', '--json', '--port', '0', '--log-level', 'error', ...args], {
    ...{ cwd: project.folder, env },
  });
  const [line] = (await once(child.stdout!.setEncoding('utf8'), 'data')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      const [code] = await closed;
      return code as number;
    },
  };
}

/** Asks on as many connections until told to end; each answer by its status. */
function askOn(url: string, connections: number, bodyOf: (n: number) => unknown) {
  const statuses = new Map<number | string, number>();
  const indexes = new Set<string>();
  let n = 0;
  let isOver = false;
  const asking = Array.from({ length: connections }, async () => {
    while (!isOver) {
      const status = await fetch(`${url}/v1/search`, {
        method: 'POST',
        body: JSON.stringify(bodyOf(n++)),
        headers: { 'content-type': 'application/json' },
      }).then(
        async (response) => {
          const { index } = (await response.json()) as { index?: string };
          if (index) indexes.add(index);
          if (response.status === 503) assert.equal(response.headers.get('retry-after'), '1');
          return response.status;
        },
        (error) => String(error.cause?.code ?? error),
      );
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  });
  return {
    statuses,
    indexes,
    async end() {
      isOver = true;
      await Promise.all(asking);
    },
  };
}

test('where others could ask, it does not start without a key', async () => {
  const { code, stderr } = await run(['serve', '--host', '0.0.0.0', '--port', '0'], { cwd: project.folder });
  assert.equal(code, 77);
  assert.match(stderr, /serve keys create/);
});

test('while twenty index versions are promoted, no question fails, and each is answered by one of them', {
  skip: nightly,
}, async () => {
  await writeFile(join(project.folder, 'data.csv'), toCsv(complaints(70)));
  const first = (await promotedNow()).index!;
  assert.equal((await run(['run', '--json'], { cwd: project.folder })).code, 0);
  const second = (await promotedNow()).index!;
  assert.notEqual(second, first);
  const server = await serve();
  const { config } = await loadConfig(project.config);
  // As many as are answered and wait: more would be turned away.
  const asking = askOn(server.url, 3, (n) => ({ query: `debt number ${n}`, limit: 3 }));
  try {
    for (let i = 0; i < 20; i++) {
      const version = i % 2 === 0 ? first : second;
      await promoteVersion(project.lake, version, config.index, Date.now);
      await until(async () => (await ready(server.url)).index === version);
    }
  } finally {
    await asking.end();
    await server.stop();
  }
  assert.deepEqual([...asking.statuses.keys()], [200]);
  assert.ok(asking.statuses.get(200)! > 20);
  assert.deepEqual([...asking.indexes].sort(), [first, second].sort());
});

test('asked for more than it can, it turns the rest away, and answers again as soon as that ends', async () => {
  const server = await serve();
  const asking = askOn(server.url, 12, (n) => ({
    query: `question number ${n} ${'about a debt '.repeat(40)}`,
  }));
  await until(async () => (asking.statuses.get(503) ?? 0) > 50 && (asking.statuses.get(200) ?? 0) > 5);
  await asking.end();
  assert.deepEqual([...asking.statuses.keys()].sort(), [200, 503]);
  const { hits } = await createClient({ baseUrl: server.url }).call('search', { body: { query: 'debt' } });
  assert.ok(hits.length > 0);
  assert.equal(await server.stop(), 0);
});

test('told to stop, it answers what it was asked, ends events, and ends with 0', async () => {
  const server = await serve();
  const events = createClient({ baseUrl: server.url }).events(new AbortController().signal);
  await events.next();
  const long = { query: `debt ${'about a debt '.repeat(100)}`, sentence: true, limit: 50 };
  const asked = fetch(`${server.url}/v1/search`, {
    method: 'POST',
    body: JSON.stringify(long),
    headers: { 'content-type': 'application/json' },
  });
  await until(
    async () =>
      /throughline_searches_running [1-9]/.test(await (await fetch(`${server.url}/metrics`)).text()),
    5,
  );
  const stopped = server.stop();
  assert.equal((await asked).status, 200);
  while (!(await events.next()).done);
  assert.equal(await stopped, 0);
  await assert.rejects(fetch(`${server.url}/healthz`));
});

test('a collector of traces gets a span for each request, below that of the caller; one that is down changes nothing', async () => {
  const spans: { name: string; traceId: string; parentSpanId?: string; events: { name: string }[] }[] = [];
  const collector = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    for (const { scopeSpans } of JSON.parse(text).resourceSpans)
      for (const { spans: some } of scopeSpans) spans.push(...some);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const ask = (url: string) =>
    fetch(`${url}/v1/search`, {
      method: 'POST',
      body: JSON.stringify({ query: 'debt' }),
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    });
  const server = await serve({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` } });
  assert.equal((await ask(server.url)).status, 200);
  assert.equal(await server.stop(), 0);
  collector.close();
  const span = spans.find(({ name }) => name === 'POST /v1/search')!;
  assert.deepEqual([span.traceId, span.parentSpanId], [traceId, 'b7ad6b7169203331']);
  assert.deepEqual(
    span.events.map(({ name }) => name),
    ['search'],
  );
  const alone = await serve({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` } });
  assert.equal((await ask(alone.url)).status, 200);
  assert.equal(await alone.stop(), 0);
});

test('keys are made, listed and revoked by the command line', async () => {
  const keys = (...args: string[]) =>
    call<Record<string, never>>(['serve', 'keys', ...args, '--json'], project.folder);
  const wrong = await keys('create', 'x', '--filter', 'nope == 1');
  assert.equal(wrong.code, 64);
  assert.match(wrong.stderr, /unknown column nope/);
  assert.equal((await keys('create', 'x', '--scope', 'everything')).code, 64);
  const made = await keys(
    'create',
    'desk',
    '--scope',
    'read',
    '--filter',
    'product == "Mortgage"',
    '--expires',
    '1h',
  );
  const { key, id } = made.json as unknown as { key: string; id: string };
  assert.match(key, /^tl_[0-9a-f]{10}_/);
  const listed = (await keys('list')).json as unknown as {
    keys: { id: string; state: string; scopes: string[] }[];
  };
  assert.deepEqual(
    listed.keys.map(({ id, state, scopes }) => ({ id, state, scopes })),
    [{ id, state: 'valid', scopes: ['read'] }],
  );
  // The secret is base64url: it may contain "_" itself.
  assert.ok(!JSON.stringify(listed).includes(key.slice(`tl_${id}_`.length)));
  const server = await serve();
  const ask = async (secret?: string) =>
    (await fetch(`${server.url}/v1/about`, { headers: secret ? { authorization: `Bearer ${secret}` } : {} }))
      .status;
  assert.deepEqual([await ask(), await ask(key)], [401, 200]);
  assert.equal((await keys('revoke', id)).code, 0);
  await until(async () => (await ask(key)) === 401);
  await server.stop();
  assert.equal((await keys('revoke', 'nope')).code, 64);
  const after = (await keys('list')).json as unknown as {
    keys: { state: string; lastUsed: string | null }[];
  };
  assert.equal(after.keys[0]!.state, 'revoked');
  assert.ok(after.keys[0]!.lastUsed);
});

async function promotedNow(): Promise<{ index?: string }> {
  const { json } = await run<{ promoted: { index?: string } }>(['status', '--json'], { cwd: project.folder });
  return json.promoted;
}

async function ready(url: string): Promise<{ index: string }> {
  return (await fetch(`${url}/readyz`)).json() as Promise<{ index: string }>;
}

/** A minute at the most. */
async function until(isThere: () => Promise<boolean>, everyMs = 100): Promise<void> {
  for (let i = 0; i < 60_000 / everyMs; i++) {
    if (await isThere()) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  assert.fail('it did not come');
}
