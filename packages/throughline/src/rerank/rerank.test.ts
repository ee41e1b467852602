import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_POLICY } from '../http/index.ts';
import { makeOwnedFolder } from '../owned-folder.ts';
import { apiReranker } from './api-reranker.ts';
import { commandReranker } from './command-reranker.ts';
import { readScores } from './read-scores.ts';
import { rerankInTime } from './rerank-in-time.ts';

const TEXTS = ['one', 'two', 'three'];
const body = (answer: unknown) => ({ body: Buffer.from(JSON.stringify(answer)) });
const never = new AbortController().signal;

test('scores are read in the forms that servers have, in the order of the texts', () => {
  const of = (...pairs: [number, number][]) => pairs;
  const pairs = of([2, 0.9], [0, 0.5], [1, -1]);
  const cohere = { id: 'x', results: pairs.map(([index, relevance_score]) => ({ index, relevance_score })) };
  const voyage = {
    object: 'list',
    data: pairs.map(([index, relevance_score]) => ({ index, relevance_score })),
  };
  const tei = pairs.map(([index, score]) => ({ index, score }));
  for (const answer of [cohere, voyage, tei])
    assert.deepEqual([...readScores(body(answer), 3)], [0.5, -1, 0.9]);
});

test('an answer that is not one score a text is none', () => {
  const one = { index: 0, relevance_score: 1 };
  const bad: [unknown, RegExp][] = [
    [{ results: [one] }, /1 scores came for 2 texts/],
    [{ results: [one, one] }, /comes twice/],
    [{ results: [one, { index: 2, relevance_score: 1 }] }, /index 2 for 2 texts/],
    [{ results: [one, { index: 1, relevance_score: 'high' }] }, /is no number/],
    [{ results: [one, { index: 1 }] }, /is no number/],
    [{ error: 'x' }, /no list `results`/],
    [null, /no list `results`/],
    [[one, null], /no list `results`/],
  ];
  for (const [answer, message] of bad) assert.throws(() => readScores(body(answer), 2), { message });
  assert.throws(() => readScores({ body: Buffer.from('<html>') }, 2), { message: /not JSON/ });
});

async function served(
  t: TestContext,
  answer: (request: string, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(async (message: IncomingMessage, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of message) pieces.push(piece as Buffer);
    answer(Buffer.concat(pieces).toString(), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/rerank`;
}

const spec = (url: string, retries = 1) => ({
  ...{ url, model: 'm', headers: { authorization: 'Bearer k' } },
  policy: { ...DEFAULT_POLICY, retries, backoff: { ...DEFAULT_POLICY.backoff, firstMs: 1 } },
});

test('a server is asked for all texts at once, and again when it fails', async (t) => {
  const asked: unknown[] = [];
  const url = await served(t, (request, response) => {
    asked.push(JSON.parse(request));
    if (asked.length === 1) response.writeHead(503).end();
    else
      response.end(
        JSON.stringify({ results: [2, 1, 0].map((index) => ({ index, relevance_score: index })) }),
      );
  });
  await using reranker = apiReranker(spec(url));
  assert.deepEqual([...(await reranker.rerank('q', TEXTS, never))], [0, 1, 2]);
  assert.deepEqual(asked[1], { model: 'm', query: 'q', documents: TEXTS, top_n: 3, return_documents: false });
});

test('a search does not wait for a server that is slow, nor fail for one that is broken', async (t) => {
  const slow = await served(t, () => {});
  await using late = apiReranker(spec(slow));
  assert.deepEqual(await rerankInTime(late, 'q', TEXTS, 50), { failed: 'no answer within 50 ms' });
  const broken = await served(t, (_, response) => response.end('{"results":[]}'));
  await using wrong = apiReranker(spec(broken, 0));
  const outcome = await rerankInTime(wrong, 'q', TEXTS, 5_000);
  assert.match('failed' in outcome ? outcome.failed : '', /0 scores came for 3 texts/);
});

const PROGRAM = `
let asked = [];
process.stdin.setEncoding('utf8');
let rest = '';
process.stdin.on('data', (text) => {
  const lines = (rest + text).split('\\n');
  rest = lines.pop();
  for (const line of lines) {
    const message = JSON.parse(line);
    if (message.type === 'row') asked.push(message);
    else setTimeout(() => {
      for (const { id, query, text } of asked.splice(0))
        console.log(JSON.stringify({ v: 1, type: 'row', id, score: query === text ? 1 : query === 'bad' ? 'x' : 0 }));
    }, Number(process.argv[2] ?? 0));
  }
});`;

test('a program of the user ranks; one that is still loading is let be', async () => {
  const directory = await makeOwnedFolder(tmpdir(), 'throughline-rerank-');
  await writeFile(join(directory, 'rank.mjs'), PROGRAM.replaceAll('\\\\n', '\\n'));
  const command = [process.execPath, 'rank.mjs', '300'];
  await using reranker = commandReranker({ command, directory, timeoutMs: 20_000 });
  assert.deepEqual(await rerankInTime(reranker, 'two', TEXTS, 1), { failed: 'no answer within 1 ms' });
  await sleep(1);
  const outcome = await rerankInTime(reranker, 'three', TEXTS, 20_000);
  assert.deepEqual('scores' in outcome && [...outcome.scores], [0, 0, 1]);
  const bad = await rerankInTime(reranker, 'bad', TEXTS, 20_000);
  assert.match('failed' in bad ? bad.failed : '', /the text 0 was not ranked: its score is no number/);
});
