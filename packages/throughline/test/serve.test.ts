/** The API on a lake of real complaints. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Client as McpClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Validator } from '@seriousme/openapi-schema-validator';
import { ApiError, type Client, createClient } from '../src/api/client.ts';
import { type Operation, PATHS } from '../src/api/index.ts';
import { BIN, run } from './cli.ts';
import { generatedClient } from './generated-client.ts';
import { proxyTo } from './proxy.ts';
import { type Served, type ServedProject, served, servedProject } from './served.ts';

/** By our client, and by one that is made of the document of the API. */
function byBoth(name: string, ask: (client: Client) => Promise<void>): void {
  test(name, () => ask(server.client));
  test(`${name}, to a client made of the document`, async () => ask(await generatedClient(server.url)));
}

const QUERY = 'they keep calling about a debt that is not mine';

let project: ServedProject;
let server: Served;

before(async () => {
  project = await servedProject(240, { change: { themes: { count: 12 } } });
  server = await served(project);
});
after(async () => {
  await server?.[Symbol.asyncDispose]();
  await project?.remove();
});

byBoth(
  'a search gives hits with facets, pages that do not overlap, and what the command line gives',
  async (client) => {
    const body = { query: QUERY, limit: 5, facets: ['product'], explain: true } as const;
    const first = await client.call('search', { body: { ...body, facets: ['product'] } });
    assert.equal(first.hits.length, 5);
    assert.ok(first.facets!.product!.length > 1);
    assert.ok(first.hits.every(({ explain }) => explain!.keyword || explain!.semantic));
    const next = await client.call('search', { body: { query: QUERY, limit: 5, cursor: first.nextCursor! } });
    const ids = [...first.hits, ...next.hits].map(({ recordId }) => recordId);
    assert.equal(new Set(ids).size, 10);
    const printed = await run<{ hits: { recordId: string; score: number }[] }>(
      ['search', QUERY, '--limit', '5', '--json'],
      { cwd: project.folder },
    );
    assert.deepEqual(
      first.hits.map(({ recordId, score }) => ({ recordId, score })),
      printed.json.hits.map(({ recordId, score }) => ({ recordId, score })),
    );
  },
);

byBoth(
  'a record is given whole, with its passages where they are in it, and their themes',
  async (client) => {
    const { hits } = await client.call('search', { body: { query: QUERY, limit: 1 } });
    const [hit] = hits;
    const record = await client.call('record', { params: { id: hit!.recordId } });
    const row = project.rows.find(({ complaint_id }) => complaint_id === hit!.recordId)!;
    assert.equal(record.text, row.narrative);
    assert.equal(record.attributes.product, row.product);
    assert.equal(record.at, new Date(row.date_received).toISOString());
    const { start, end, theme } = record.passages.find(({ passageId }) => passageId === hit!.passageId)!;
    assert.equal(record.text.slice(start, end), hit!.text);
    assert.ok(theme && record.themes.some(({ id }) => id === theme.id));
    const similar = await client.call('similar', { body: { records: [record.recordId], limit: 3 } });
    assert.equal(similar.hits.length, 3);
    assert.ok(similar.hits.every(({ recordId }) => recordId !== record.recordId));
    const asked = [hit!.passageId, 'none', similar.hits[0]!.passageId];
    const { passages } = await client.call('passages', { body: { passageIds: asked } });
    assert.deepEqual(
      passages.map(({ passageId }) => passageId),
      [asked[0], asked[2]],
    );
  },
);

byBoth('themes are listed, shown, paged through, dated and drawn', async (client) => {
  const { themes } = await client.call('themes');
  assert.ok(themes.length >= 2);
  const [first] = themes;
  const theme = await client.call('theme', { params: { id: first!.id } });
  assert.ok(theme.neighbours.every(({ id }) => id !== theme.id));
  const seen: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await client.call('themePassages', {
      params: { id: first!.id },
      query: { limit: 50, order: 'newest', ...(cursor && { cursor }) },
    });
    seen.push(...page.passages.map(({ passageId }) => passageId));
    cursor = page.nextCursor;
  } while (cursor);
  assert.equal(seen.length, theme.size);
  assert.equal(new Set(seen).size, theme.size);
  const map = await client.call('themesMap', { query: { limit: 100 } });
  assert.equal(map.x.length, Math.min(100, map.passages));
  assert.ok(map.theme.every((number) => number >= -1 && number < map.themes.length));
  const trends = await client.call('themesTrends', { query: { every: '1y', periods: 5 } });
  assert.ok(trends.periods.length > 0 && trends.periods.length <= 5);
  await assert.rejects(client.call('theme', { params: { id: 'nope' } }), hasStatus(404, 'theme_missing'));
  await assert.rejects(
    client.call('themePassages', { params: { id: first!.id }, query: { cursor: 'x' } }),
    hasStatus(400, 'cursor_invalid'),
  );
});

byBoth('themes are in groups: each has the passages of its themes', async (client) => {
  const { themes, groups } = await client.call('themes');
  assert.ok(groups.length > 0);
  const all = new Map([...themes, ...groups].map((one) => [one.id, one]));
  for (const { id, parent, size } of all.values()) {
    const within = [...all.values()].filter((one) => one.parent === id);
    if (parent !== null) assert.equal(all.get(parent)?.kind, 'group');
    if (within.length > 0)
      assert.equal(
        size,
        within.reduce((sum, one) => sum + one.size, 0),
      );
  }
  const child = themes.find(({ parent }) => parent !== null)!;
  const group = await client.call('theme', { params: { id: child.parent! } });
  assert.equal(group.passages.length, Math.min(10, group.size));
  assert.ok(group.below.length > 1 && group.below.some(({ id }) => id === child.id));
  const { above } = await client.call('theme', { params: { id: child.id } });
  assert.deepEqual(above.at(-1), { id: group.id, label: group.label });
  const { passages, nextCursor } = await client.call('themePassages', {
    params: { id: group.id },
    query: { limit: 100 },
  });
  assert.equal(nextCursor === null, group.size <= 100);
  assert.equal(passages.length, Math.min(100, group.size));
});

test('an edit of the themes is seen by the next question, has its author, and is written down', async () => {
  const { client } = server;
  const { themes } = await client.call('themes');
  const theme = themes[0]!.id;
  const { edit } = await client.call('editThemes', { body: { kind: 'rename', theme, label: 'Renamed' } });
  assert.equal((await client.call('theme', { params: { id: theme } })).label, 'Renamed');
  const { edits } = await client.call('themeEdits');
  assert.deepEqual(
    edits.map(({ number, author, kind }) => ({ number, author, kind })),
    [{ number: edit, author: 'anonymous', kind: 'rename' }],
  );
  const wrong = client.call('editThemes', { body: { kind: 'merge', theme, into: theme } });
  await assert.rejects(wrong, hasStatus(400, 'edit_refused'));
  const { actions } = await client.call('audit');
  assert.deepEqual(
    actions.map(({ operation, outcome }) => [operation, outcome]),
    [
      ['editThemes', 'edit_refused'],
      ['editThemes', 'done'],
    ],
  );
});

byBoth('runs, chunks, checks and index versions are those of the lake', async (client) => {
  const { runs, total } = await client.call('runs');
  assert.equal(total, 1);
  assert.deepEqual([runs[0]!.status, runs[0]!.counts!.records], ['done', 240]);
  const run = await client.call('run', { params: { id: runs[0]!.run } });
  assert.ok('model' in run.manifest);
  const { counts, states, chunks, index } = await client.call('chunks');
  assert.deepEqual([counts.records, states.done], [240, chunks.length]);
  const { versions } = await client.call('index');
  assert.deepEqual(
    versions.map(({ version, promoted }) => [version, promoted]),
    [[index, true]],
  );
  const { checks } = await client.call('quality');
  assert.ok(checks.some(({ check, status }) => check === 'index_recall' && status === 'passed'));
  assert.ok(checks.some(({ check, observed }) => check === 'dead_letter_rate' && observed === 0));
  await assert.rejects(client.call('rollBackIndex', { body: {} }), hasStatus(404, 'index_missing'));
  const promoted = await client.call('promoteIndex', { body: { version: index! } });
  assert.equal(promoted.index, index);
});

test('events tell the state at once', async () => {
  const stop = new AbortController();
  for await (const { event, data } of server.client.events(stop.signal)) {
    assert.equal(event, 'status');
    assert.equal((data as { counts: { records: number } }).counts.records, 240);
    break;
  }
  // The second who listens is told at once what the first knows.
  const { value } = await server.client.events(stop.signal).next();
  assert.equal(value!.event, 'status');
  stop.abort();
});

test('what people say of hits becomes judgements', async () => {
  const { client } = server;
  const { hits } = await client.call('search', { body: { query: QUERY, limit: 3 } });
  const say = (n: number, verdict: 'up' | 'down') =>
    client.call('feedback', { body: { query: QUERY, recordId: hits[n]!.recordId, verdict, rank: n + 1 } });
  await say(0, 'up');
  await say(1, 'up');
  await say(1, 'down');
  await say(2, 'down');
  const body = { query: QUERY, recordId: 'nobody', verdict: 'up' } as const;
  await assert.rejects(client.call('feedback', { body }), hasStatus(404, 'record_missing'));
  const made = await run<{ relevant: number }>(['eval', 'feedback', '--out', 'said', '--json'], {
    cwd: project.folder,
  });
  assert.equal(made.json.relevant, 1);
  const qrels = await readFile(join(project.folder, 'said', 'qrels.tsv'), 'utf8');
  assert.match(qrels, new RegExp(`\\t${hits[0]!.recordId}\\t1\\n$`));
});

test('dead letters are retried in a process of its own', async () => {
  const { client } = server;
  assert.equal((await client.call('deadLetters')).total, 0);
  assert.equal((await client.call('retry')).state, 'idle');
  const started = await client.call('retryDeadLetters', { body: { reason: 'empty_text' } });
  assert.equal(started.state, 'running');
  await assert.rejects(client.call('retryDeadLetters', { body: {} }), hasStatus(503, 'retry_running'));
  let state = started;
  while (state.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 100));
    state = await client.call('retry');
  }
  assert.deepEqual([state.state, state.tried], ['done', 0]);
});

test('what is wrong with a request is said as a problem, with what to do and an id', async () => {
  const cases: [string, string, RequestInit, number, string][] = [
    ['POST', '/v1/search', json({ query: 'x', filter: 'nope == 1' }), 400, 'filter_unknown_column'],
    ['POST', '/v1/search', json({ query: 'x', mode: 'best' }), 400, 'request_invalid'],
    ['POST', '/v1/search', json({ query: 'x', surprise: 1 }), 400, 'request_invalid'],
    ['POST', '/v1/search', json({ query: ' ' }), 400, 'usage'],
    ['POST', '/v1/search', json({ query: 'x'.repeat(2_001) }), 400, 'request_invalid'],
    ['POST', '/v1/search', json({ query: 'x', limit: 101 }), 400, 'request_invalid'],
    ['POST', '/v1/search', { body: 'query=x', headers: FORM }, 415, 'ctp_invalid_media_type'],
    ['POST', '/v1/search', { body: '{"query":', headers: JSON_TYPE }, 400, 'ctp_invalid_json_body'],
    ['GET', '/v1/runs?limit=many', {}, 400, 'request_invalid'],
    ['GET', '/v1/nothing', {}, 404, 'route_missing'],
    ['GET', '/v1/records/none', {}, 404, 'record_missing'],
  ];
  for (const [method, path, init, status, code] of cases) {
    const answer = await server.send(method, path, init);
    const problem = JSON.parse(answer.text);
    assert.deepEqual(
      [answer.status, problem.code, problem.status],
      [status, code, status],
      `${path} ${code}`,
    );
    assert.match(answer.headers.get('content-type')!, /^application\/problem\+json/);
    assert.equal(answer.headers.get('x-request-id'), problem.requestId);
    assert.ok(problem.detail.length > 0);
  }
});

test('the document of the API is valid OpenAPI 3.1 and names every operation', async () => {
  const { text } = await server.send('GET', '/openapi.json');
  const document = JSON.parse(text);
  const checked = await new Validator().validate(document);
  assert.ok(checked.valid, JSON.stringify(checked.errors));
  const named = Object.values(document.paths as Record<string, Record<string, { operationId: string }>>)
    .flatMap((methods) => Object.values(methods))
    .map(({ operationId }) => operationId);
  assert.deepEqual(named.sort(), (Object.keys(PATHS) as Operation[]).sort());
  assert.equal((await server.send('GET', '/docs/')).status, 200);
});

test('health, readiness and metrics', async () => {
  assert.deepEqual(JSON.parse((await server.send('GET', '/healthz')).text), { status: 'ok' });
  assert.equal(JSON.parse((await server.send('GET', '/readyz')).text).status, 'ready');
  const { text } = await server.send('GET', '/metrics');
  assert.match(text, /throughline_http_request_duration_seconds_count\{[^}]*route="\/v1\/search"[^}]*\} \d+/);
  assert.match(text, /throughline_search_part_duration_seconds_count\{part="embed"\} \d+/);
  assert.match(text, /throughline_version_info\{index="[^"]+"/);
  assert.ok(!text.includes('/v1/records/none'), 'ids are not labels');
});

test('one line for each request, without query or text', () => {
  const lines = server.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'answered');
  assert.ok(lines.length > 10);
  for (const line of lines) {
    assert.ok(line.requestId && line.route && line.status && typeof line.ms === 'number');
    assert.ok(!JSON.stringify(line).includes('debt'));
  }
});

test('a client of MCP lists and calls every tool, by HTTP and by standard input and output', async () => {
  const transports = [
    new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`)),
    new StdioClientTransport({ command: process.execPath, args: [BIN, 'mcp', '-c', project.config] }),
  ];
  for (const transport of transports) {
    const client = new McpClient({ name: 'test', version: '1' });
    await client.connect(transport);
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name).sort(), [
      'record',
      'search',
      'similar',
      'theme_trends',
      'themes',
    ]);
    const call = async (name: string, args: Record<string, unknown>) => {
      const { content, isError } = await client.callTool({ name, arguments: args });
      const [{ text }] = content as [{ text: string }];
      if (isError) return { error: text };
      const [warning, ...rest] = text.split('\n');
      assert.match(warning!, /data from outside/);
      return JSON.parse(rest.join('\n'));
    };
    const { hits } = await call('search', { query: QUERY, limit: 2, filter: 'state != "CA"' });
    assert.equal(hits.length, 2);
    const id = hits[0].recordId;
    assert.equal((await call('record', { id })).recordId, id);
    assert.ok((await call('similar', { records: [id] })).hits.length > 0);
    assert.ok((await call('themes', {})).themes.length > 0);
    assert.ok((await call('theme_trends', { every: '1y' })).periods.length > 0);
    assert.match((await call('search', { query: QUERY, filter: 'nope == 1' })).error, /unknown column nope/);
    assert.match((await call('search', { query: QUERY, limit: 1_000 })).error, /100/);
    await client.close();
  }
});

test('the Python client does the same', async () => {
  const { text } = await server.send('GET', '/throughline_client.py');
  const script = `
from throughline_client import ApiError, Client
import sys
client = Client(sys.argv[1])
hits = list(client.search_all(${JSON.stringify(QUERY)}, most=12, limit=5))
assert len({hit["recordId"] for hit in hits}) == 12, hits
record = client.record(hits[0]["recordId"])
assert record["recordId"] == hits[0]["recordId"]
assert client.similar([record["recordId"]], limit=2)["hits"]
assert client.themes() and client.theme(client.themes()[0]["id"])["passages"]
assert client.theme_trends(every="1y")["periods"]
assert client.about()["name"] == "served"
client.feedback("python", record["recordId"], "up")
try:
    client.record("no/such")
    raise SystemExit("not refused")
except ApiError as error:
    assert (error.status, error.code) == (404, "record_missing"), error
print("fine")
`;
  const python = promisify(execFile)('python3', ['-c', script, server.url], {
    env: { ...process.env, PYTHONPATH: join(import.meta.dirname, '..', 'python') },
  });
  assert.equal((await python).stdout.trim(), 'fine');
  assert.equal(
    text,
    await readFile(join(import.meta.dirname, '..', 'python', 'throughline_client.py'), 'utf8'),
  );
});

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

function json(body: unknown): RequestInit {
  return { body: JSON.stringify(body), headers: JSON_TYPE };
}

function hasStatus(status: number, code: string) {
  return (error: unknown) => {
    assert.ok(error instanceof ApiError, String(error));
    assert.deepEqual([error.problem.status, error.problem.code], [status, code]);
    return true;
  };
}

test('three servers of one lake behind a proxy are one: also where one of them ends', async () => {
  await using second = await served(project);
  const third = await served(project);
  await using proxy = await proxyTo([server.url, second.url, third.url]);
  const client = createClient({ baseUrl: proxy.url });
  const search = async () =>
    (await client.call('search', { body: { query: QUERY, limit: 5 } })).hits.map(
      ({ passageId }) => passageId,
    );
  const expected = await search();
  for (let i = 0; i < 6; i++) assert.deepEqual(await search(), expected);
  const { themes } = await client.call('themes');
  const { id, label } = themes[0]!;
  const { edit } = await client.call('editThemes', { body: { kind: 'rename', theme: id, label: 'By one' } });
  const labels = async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 3; i++) seen.add((await client.call('theme', { params: { id } })).label);
    return [...seen];
  };
  assert.deepEqual(await labels(), ['By one']);
  const asking = Array.from({ length: 12 }, search);
  await third[Symbol.asyncDispose]();
  for (const found of await Promise.all(asking)) assert.deepEqual(found, expected);
  await client.call('editThemes', { body: { kind: 'undo', undoes: edit } });
  assert.deepEqual(await labels(), [label]);
  assert.ok(
    [...proxy.answered.values()].every((answers) => answers > 3),
    String([...proxy.answered]),
  );
});

test('a group keeps its id and its name over a refit, and can be renamed only', async () => {
  const { client } = server;
  const before = await client.call('themes');
  const theme = before.groups[0]!.id;
  const merge = { kind: 'merge', theme, into: before.themes[0]!.id } as const;
  await assert.rejects(client.call('editThemes', { body: merge }), hasStatus(400, 'edit_refused'));
  await client.call('editThemes', { body: { kind: 'rename', theme, label: 'Mine' } });
  const fitted = await run(['themes', 'fit', '--json'], { cwd: project.folder });
  assert.equal(fitted.code, 0, fitted.stderr);
  const after = await client.call('themes');
  assert.notEqual(after.version, before.version);
  const told = ({ groups, themes }: typeof after) =>
    [...groups, ...themes].map(({ id, parent }) => [id, parent]);
  assert.deepEqual(told(after), told(before));
  assert.equal(after.groups.find(({ id }) => id === theme)?.label, 'Mine');
  const { edits } = await client.call('themeEdits');
  await client.call('editThemes', { body: { kind: 'undo', undoes: edits.at(-1)!.number } });
});
