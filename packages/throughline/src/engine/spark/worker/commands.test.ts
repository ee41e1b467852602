/** Commands in the worker, as an executor starts it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { nodeProgram } from '../../../command/testing/node-program.ts';
import { type ModelSpec, modelInfo } from '../../../model/index.ts';
import { encodeSettings, type WorkerMode, type WorkerSettings } from './settings.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

async function work<M extends WorkerMode>(mode: M, settings: WorkerSettings[M], lines: readonly object[]) {
  const worker = spawn(process.execPath, [MAIN, mode, encodeSettings(settings)]);
  worker.stdin.on('error', () => {});
  const [out, error] = [text(worker.stdout), text(worker.stderr)];
  worker.stdin.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const [code] = await once(worker, 'close');
  const answers = (await out).split('\n').filter((line) => line !== '');
  return { code, answers: answers.map((line) => JSON.parse(line)), error: await error };
}

const MAPPING = { id: 'id', text: ['body'], timestamp: undefined, attributes: [] };

test('rows keep their places, are asked chunk by chunk, and are dropped or dead letters', async (t) => {
  const program = await nodeProgram(
    t,
    `const { columns } = row;
     if (columns.body === 'drop') return send({ type: 'drop', id });
     if (columns.body === 'kill') process.exit(1);
     send({ type: 'row', id, columns: { body: columns.body + '!' } });`,
  );
  const line = (idx: number, mid: string, body: string | null) => ({
    idx,
    place: { ord: 0, mid },
    cells: [mid, body],
  });
  const lines = [
    line(1, '5', 'a\u2028b'),
    line(1, '6', 'drop'),
    line(2, '18446744073709551615', 'c'),
    line(2, '8', null),
  ];
  const { command, directory } = program;
  const settings = { command: { command }, mapping: MAPPING, directory };
  const { code, answers, error } = await work('rows', settings, lines);
  assert.deepEqual([code, error], [0, '']);
  assert.deepEqual(answers, [
    { ...lines[0], cells: ['5', 'a\u2028b!'], dead: null },
    { ...lines[2], cells: ['18446744073709551615', 'c!'], dead: null },
    { ...lines[3], cells: ['8', 'null!'], dead: null },
  ]);
  assert.deepEqual(await program.batches(), [2, 2]);
  const killed = await work('rows', settings, [line(1, '1', 'kill'), line(1, '2', 'fine')]);
  assert.deepEqual(
    killed.answers.map(({ cells, dead }) => [cells, dead?.step, dead?.id, dead?.code]),
    [
      [null, 'transform', '1', 'command_failed'],
      [['2', 'fine!'], undefined, undefined, undefined],
    ],
  );
});

test('texts are split and embedded by programs', async (t) => {
  const { command, directory } = await nodeProgram(
    t,
    `if (row.kind) return send({ type: 'row', id, vector: [row.text.length, 1] });
     send({ type: 'row', id, passages: row.text.split('. ') });`,
  );
  const model: ModelSpec = {
    model: 'command',
    ...{ command, directory, dimension: 2, maxTokens: 64, batch: 3, timeoutMs: 20_000, normalize: false },
  };
  const settings = {
    config: {
      split: { mode: 'none' as const, overlap: 0, command },
      ...{ transform: [], quality: [], source: { maxTextLength: 1_000 } },
    },
    ...{ mapping: MAPPING, info: await modelInfo(model), model, directory },
  };
  const row = (id: string, body: string) => ({
    ...{
      idx: 4,
      chunk: 'r:0',
      id,
      timestamp: null,
      superseded: false,
      copy: 1,
      text: [body],
      attributes: [],
    },
  });
  const mapped = await work('map', settings, [row('1', 'One. Two'), row('2', ' '), row('3', 'Three')]);
  assert.deepEqual([mapped.code, mapped.error], [0, '']);
  assert.deepEqual(
    mapped.answers.map(({ idx, passages, dead }) => [
      idx,
      passages.map((passage: { text: string }) => passage.text),
      dead?.code,
    ]),
    [
      [4, ['One', 'Two'], undefined],
      [4, [], 'empty_text'],
      [4, ['Three'], undefined],
    ],
  );
  const texts = Array.from({ length: 8 }, (_, i) => ({ hash: `h${i}`, text: 'x'.repeat(i + 1) }));
  const embedded = await work('embed', { model }, texts);
  assert.deepEqual(
    embedded.answers,
    texts.map(({ hash, text }) => ({ hash, embedding: [text.length, 1] })),
  );
});

test('a program that is not there is an error with its name, and of the config', async () => {
  const settings = {
    command: { command: ['no-such-program'] },
    mapping: MAPPING,
    directory: import.meta.dirname,
  };
  const { code, error } = await work('rows', settings, [{ idx: 0, place: {}, cells: ['1', 'a'] }]);
  assert.equal(code, 78);
  assert.match(
    error,
    /^the command does not work: no-such-program: spawn no-such-program ENOENT\nInstall the/,
  );
});
