/** A second look at the best hits, by a program of the user. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { SearchResult } from '../src/search/index.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';

/** The longer a text, the better. */
const PROGRAM = `
import { createInterface } from 'node:readline';
const rows = [];
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.query === 'broken') process.exit(3);
  if (message.type === 'row') rows.push(message);
  else for (const { id, text } of rows.splice(0)) console.log(JSON.stringify({ v: 1, type: 'row', id, score: text.length }));
}`;

test('hits are in the order of a program, or as they were where it fails', async (t) => {
  const rerank = { command: [process.execPath, 'rank.mjs'], depth: 15, timeout: '20s' };
  const made = await project(t, toCsv(complaints(60)), { search: { rerank } });
  await made.write('rank.mjs', PROGRAM);
  assert.equal((await made.call('run', '--json')).code, 0);
  const search = async (query: string, ...args: string[]) => {
    const { code, json, stderr } = await made.call<SearchResult>('search', query, '--json', ...args);
    assert.equal(code, 0, stderr);
    return json;
  };
  const ids = ({ hits }: SearchResult) => hits.map(({ recordId }) => recordId);
  const [plain, ranked] = [
    await search('account', '--no-rerank', '--limit', '20'),
    await search('account', '--limit', '20'),
  ];
  const longest = plain.hits.slice(0, 15).sort((a, b) => b.text.length - a.text.length);
  assert.deepEqual(
    ranked.hits.map(({ recordId, reranked }) => [recordId, reranked]),
    [
      ...longest.map(({ recordId, text }) => [recordId, text.length]),
      ...plain.hits.slice(15).map(({ recordId }) => [recordId, undefined]),
    ],
  );
  const next = await search(
    'account',
    '--limit',
    '4',
    '--cursor',
    (await search('account', '--limit', '4')).nextCursor!,
  );
  assert.deepEqual(ids(next), ids(ranked).slice(4, 8), 'pages go on in the same order');

  const broken = await search('broken');
  assert.match(broken.notReranked!, /it ended with code 3/);
  assert.deepEqual(ids(broken), ids(await search('broken', '--no-rerank')));
  const sorted = await search('account', '--sort', 'date_received');
  assert.ok(
    sorted.hits.every(({ reranked }) => reranked === undefined),
    'what is sorted is not ranked',
  );

  await made.configure({ search: { rerank: { model: 'cohere:x', url: 'http://127.0.0.1:9', retries: 0 } } });
  assert.match((await search('account')).notReranked!, /127\.0\.0\.1:9/);
  await made.configure({ search: { rerank: { model: 'cohere:x' } } });
  const keyless = await made.call('search', 'account', '--json');
  assert.deepEqual([keyless.code, keyless.json.error.code], [78, 'key_missing']);
});
