import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { CommandBrokenError } from '../command/index.ts';
import { commandInfo, openCommand } from './command.ts';
import { embedAll } from './text-failure.ts';
import type { CommandSpec } from './types.ts';

/** A vector is [length of the text, 1]; `onText` (JavaScript) may do something else, and `answer` is what it sends. */
const PROGRAM = `import { appendFileSync } from 'node:fs';
appendFileSync('starts', '.');
const send = (message) => process.stdout.write(JSON.stringify({ v: 1, ...message }) + '\\n');
send({ type: 'hello' });
let rows = [];
let held = '';
process.stdin.setEncoding('utf8').on('data', (data) => {
  const lines = (held + data).split('\\n');
  held = lines.pop();
  for (const message of lines.map((line) => JSON.parse(line))) {
    if (message.type === 'row') rows.push(message);
    else if (message.type === 'flush') for (const row of rows.splice(0).reverse()) answer(row);
  }
});
function answer({ id, text, kind }) {
  ON_TEXT
  send({ type: 'row', id, vector: [text.length, 1] });
}
`;

async function command(t: TestContext, onText: string, change: Partial<CommandSpec> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'command-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'embed.mjs'), PROGRAM.replace('ON_TEXT', onText));
  const spec: CommandSpec = {
    model: 'command',
    command: [process.execPath, 'embed.mjs'],
    ...{ directory, dimension: 2, maxTokens: 512, batch: 32, timeoutMs: 20_000, normalize: false },
    ...change,
  };
  return { spec, directory, starts: async () => (await readFile(join(directory, 'starts'), 'utf8')).length };
}

const failuresOf = async (spec: CommandSpec, texts: string[]) => {
  await using embedder = await openCommand(spec);
  return await embedder.embed(texts);
};

test('every text gets its own vector, whatever the order of the answers, from one process', async (t) => {
  const { spec, starts } = await command(t, '');
  await using embedder = await openCommand(spec);
  for (const texts of [['a', 'bb', 'line\u2028break', 'c\nd'], ['eeee']]) {
    assert.deepEqual(
      [...(await embedAll(embedder, texts))],
      texts.flatMap((text) => [text.length, 1]),
    );
  }
  assert.equal(await starts(), 1);
});

test('prefixes are put before texts, and vectors are scaled unless told otherwise', async (t) => {
  const { spec } = await command(t, '', { normalize: true, queryPrefix: 'q: ', passagePrefix: 'passage: ' });
  await using embedder = await openCommand(spec);
  const [x] = await embedAll(embedder, ['a'], { kind: 'query' });
  assert.ok(Math.abs(x! - 4 / Math.hypot(4, 1)) < 1e-6);
});

test('several processes work at once where that is asked for', async (t) => {
  const { spec, starts } = await command(t, '', { threads: 3 });
  await using embedder = await openCommand(spec);
  await Promise.all(Array.from({ length: 12 }, (_, i) => embedAll(embedder, ['x'.repeat(i + 1)])));
  assert.equal(await starts(), 3);
});

test('a dead letter, a bad vector and a missing one are failures of their texts alone', async (t) => {
  const { spec } = await command(
    t,
    `if (text === 'dead') return send({ type: 'dead_letter', id, code: 'too_odd', message: 'no idea' });
     if (text === 'short') return send({ type: 'row', id, vector: [1] });
     if (text === 'null') return send({ type: 'row', id, vector: [null, 1] });
     if (text === 'zero') return send({ type: 'row', id, vector: [0, 0] });
     if (text === 'none') return send({ type: 'row', id });`,
  );
  const { vectors, failures } = await failuresOf(spec, ['dead', 'short', 'good', 'null', 'zero', 'none']);
  assert.deepEqual(
    failures.map(({ index, code, message }) => [index, code, message]),
    [
      [0, 'too_odd', 'no idea'],
      [1, 'bad_vector', 'the vector has 1 numbers instead of 2'],
      [3, 'bad_vector', 'the vector is not finite at position 0'],
      [4, 'bad_vector', 'the vector is all zeros'],
      [5, 'bad_vector', 'the vector is missing'],
    ],
  );
  assert.deepEqual([...vectors.subarray(4, 6)], [4, 1]);
});

for (const [what, onText, message] of [
  [
    'ends the process',
    "if (text.includes('bad')) { console.error('segfault'); process.exit(3); }",
    /segfault/,
  ],
  ['makes it print what is no JSON', "if (text.includes('bad')) console.log('NaN, NaN');", /not valid JSON/],
  [
    'makes it give up',
    "if (text.includes('bad')) send({ type: 'fatal', message: 'no memory' });",
    /no memory/,
  ],
  ['makes it stand still', "if (text.includes('bad')) return;", /did not answer for 1 s/],
] as const) {
  test(`a text that ${what} fails alone, with the reason`, async (t) => {
    const { spec } = await command(t, onText, { timeoutMs: 1000 });
    const texts = ['a', 'bb', 'bad', 'dddd', 'eeeee'];
    const { vectors, failures } = await failuresOf(spec, texts);
    assert.deepEqual(
      failures.map(({ index, code }) => [index, code]),
      [[2, 'command_failed']],
    );
    assert.match(failures[0]!.message, message);
    for (const i of [0, 1, 3, 4]) assert.equal(vectors[2 * i], texts[i]!.length);
  });
}

test('a command that fails for every text is an error with what it printed, and no text is to blame', async (t) => {
  const { spec } = await command(t, "console.error('no module named torch'); process.exit(1);");
  await using embedder = await openCommand(spec);
  await assert.rejects(embedder.embed(['a', 'b']), (error) => {
    assert.ok(error instanceof CommandBrokenError);
    assert.equal(error.exitCode, 69);
    assert.match(error.message, /ended with code 1; it printed: no module named torch/);
    return true;
  });
});

test('a command that is not there is an error that names it', async (t) => {
  const { spec } = await command(t, '', { command: ['no-such-program-at-all'] });
  await using embedder = await openCommand(spec);
  await assert.rejects(embedder.embed(['a']), { exitCode: 78, message: /no-such-program-at-all.*ENOENT/ });
});

test('an abort ends the call at once, and the next one works', async (t) => {
  const { spec } = await command(t, "if (text === 'slow') return;");
  await using embedder = await openCommand(spec);
  const controller = new AbortController();
  const slow = embedder.embed(['slow'], { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('enough')), 300);
  await assert.rejects(slow, /enough/);
  assert.deepEqual([...(await embedAll(embedder, ['abc']))], [3, 1]);
});

test('what a command has started ends with it, and holds nothing up', async (t) => {
  const { spec, directory } = await command(t, "if (text === 'slow') return;", { timeoutMs: 500 });
  const wrapped = {
    ...spec,
    command: ['sh', '-c', `"${process.execPath}" "${join(directory, 'embed.mjs')}"; true`],
  };
  await using embedder = await openCommand(wrapped);
  const { failures } = await embedder.embed(['a', 'slow']);
  assert.deepEqual(
    failures.map(({ index, code }) => [index, code]),
    [[1, 'command_failed']],
  );
  await embedder.close();
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'args']);
  assert.ok(!stdout.includes(directory), 'nothing runs on');
});

test('an edited program is another model, be it an argument or the command itself', async (t) => {
  const { spec, directory } = await command(t, '');
  await writeFile(join(directory, 'own.sh'), '#!/bin/sh');
  const own = { ...spec, command: ['./own.sh'] };
  const { digest } = await commandInfo(own);
  await writeFile(join(directory, 'own.sh'), '#!/bin/sh\n# better');
  assert.notEqual((await commandInfo(own)).digest, digest);
  assert.equal((await commandInfo({ ...spec, command: ['./own.sh', '--key', 'secret'] })).id, 'own.sh');
});

test('an edited script is another model', async (t) => {
  const { spec, directory } = await command(t, '');
  const before = (await commandInfo(spec)).digest;
  assert.equal((await commandInfo({ ...spec, threads: 4, batch: 1 })).digest, before);
  await writeFile(join(directory, 'embed.mjs'), `${PROGRAM}// better`);
  assert.notEqual((await commandInfo(spec)).digest, before);
});
