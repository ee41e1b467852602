import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeProgram } from '../command/testing/node-program.ts';
import { labelsOf } from './program.ts';

const texts = ['a card', 'a loan', 'a fee', 'n/a', 'another card', 'another fee'];
const sample = {
  ids: texts.map((_, i) => `p${i}`),
  texts,
  vectors: Float32Array.from(texts.flatMap((_, i) => [i, 0.1])),
  dimension: 2,
};

test('labels are whole numbers and texts, and none', async (t) => {
  const program = await nodeProgram(
    t,
    `const [place, same] = row.vector;
    if (same !== Math.fround(0.1)) process.exit(1);
    send({ type: 'row', id, label: [0, 7, ' Fees ', null, -1, 'Fees'][place] });`,
  );
  assert.deepEqual(await labelsOf({ command: program }, sample), [0, 7, 'Fees', null, null, 'Fees']);
  assert.deepEqual(await program.batches(), [6]);
});

test('what is no answer to all rows says what, of which row, and what to do', async (t) => {
  const cases: [body: string, message: RegExp, code: string][] = [
    [
      `if (id === '3') { console.error('no memory'); process.exit(3); } send({ type: 'row', id, label: 1 });`,
      /^the command does not work: themes\.command, .*: it ended with code 3, \d of 6 rows answered, not row \d; it printed: no memory$/,
      'command_broken',
    ],
    // Its input has ended, so it is not waited for.
    [
      `if (id !== '2') send({ type: 'row', id, label: 1 });`,
      /it ended with code 0, 5 of 6 rows answered, not row 2$/,
      'command_broken',
    ],
    [
      `send({ type: 'row', id: '9', label: 1 });`,
      /it answered a row "9" that was not asked/,
      'command_broken',
    ],
    [`process.stdout.write('label: 1\\n');`, /Unexpected token.*\(label: 1\)/, 'command_broken'],
    [`send({ type: 'fatal', message: 'too few' });`, /it gave up: too few/, 'command_broken'],
    [
      `send({ type: 'row', id, label: id === '4' ? 1.5 : 1 });`,
      /^themes\.command: row 4 \(passage p4\): its label is 1\.5$/,
      'bad_labels',
    ],
    [`send({ type: 'row', id, cluster: 1 });`, /row 0 \(passage p0\): its label is missing$/, 'bad_labels'],
    [`send({ type: 'row', id, label: ' ' });`, /row 0 .* its label is empty$/, 'bad_labels'],
    [`send({ type: 'row', id, label: row.text.repeat(50) });`, /its label has 300 characters$/, 'bad_labels'],
    [`send({ type: 'drop', id });`, /row 0 .* it was dropped$/, 'bad_labels'],
    [
      `send({ type: 'dead_letter', id, code: 'odd', message: 'no' });`,
      /row 0 .* it was refused: odd: no$/,
      'bad_labels',
    ],
  ];
  for (const [body, message, code] of cases) {
    const command = await nodeProgram(t, body);
    await assert.rejects(labelsOf({ command }, sample), { message, code, exitCode: 69, hint: /\S/ }, body);
  }
  const slow = await nodeProgram(t, `setTimeout(() => {}, 60_000);`);
  await assert.rejects(labelsOf({ command: { ...slow, timeoutMs: 700 } }, sample), {
    message: /it did not answer for 0\.7 s, 0 of 6 rows answered, not row 0$/,
    exitCode: 69,
  });
  const none = { command: ['no-such-program'], directory: '.', timeoutMs: 1_000 };
  await assert.rejects(labelsOf({ command: none }, sample), { message: /ENOENT/, exitCode: 78 });
});

test('a label for each text is no clustering', async (t) => {
  const program = await nodeProgram(t, `send({ type: 'row', id, label: id });`);
  const ids = Array.from({ length: 2_001 }, (_, i) => `p${i}`);
  const many = { ids, texts: ids, vectors: new Float32Array(ids.length), dimension: 1 };
  await assert.rejects(labelsOf({ command: program }, many), {
    message: /2001 different labels for 2001 texts, at most 2000$/,
  });
});
