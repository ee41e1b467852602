import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { printJson } from './context.ts';
import { formatSeconds, openTerminal, printable, table } from './terminal.ts';

const HOSTILE = 'a\u001b[31mb\u0007\u009b2Jc\u202ed\u2028e\rf';
const OBEYED = /[[\p{Cc}\u2028\u2029\u202e]--[\n]]/v;

/** A terminal with colours, and what it was sent. */
function colourful() {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()].map((stream) =>
    Object.assign(stream.setEncoding('utf8'), { isTTY: true, columns: 80 }),
  ) as unknown as [NodeJS.WriteStream, NodeJS.WriteStream];
  const sent = (stream: NodeJS.WriteStream) => String(stream.read() ?? '');
  const terminal = openTerminal(stdout, stderr);
  return { terminal, out: () => sent(stdout), err: () => sent(stderr) };
}

test('whatever is printed, a terminal obeys none of it but line breaks', () => {
  const { terminal, out, err } = colourful();
  terminal.print(`  ${HOSTILE}\n  ${HOSTILE}`);
  const printed = out();
  assert.doesNotMatch(printed, OBEYED);
  assert.match(printed, /^ {2}a \[31mb {2}2Jc d e f\n {2}a .*\n$/);
  terminal.log(HOSTILE);
  terminal.status(HOSTILE);
  assert.doesNotMatch(err().replaceAll('\r\u001b[2K', ''), OBEYED);
});

test('styles arrive, around texts that cannot add their own', () => {
  const { terminal, out } = colourful();
  terminal.print(`x ${terminal.style('bold', HOSTILE)} \u001b[1my`);
  assert.equal(out(), 'x \u001b[1ma [31mb  2Jc d e f\u001b[22m  [1my\n');
});

test('cells of tables are one line each', () => {
  for (const line of table([HOSTILE, 'rows'], [[`${HOSTILE}\nforged`, 1]])) {
    assert.doesNotMatch(line, OBEYED);
    assert.ok(!line.includes('\n'));
  }
});

test('JSON is the same document without anything that a terminal obeys', () => {
  const { terminal, out } = colourful();
  const value = { text: `${HOSTILE}\u{e0041}\u00ad`, list: [1, null] };
  printJson({ terminal } as Parameters<typeof printJson>[0], value);
  const printed = out();
  assert.doesNotMatch(printed, OBEYED);
  assert.deepEqual(JSON.parse(printed), value);
});

test('untrusted text is one line without anything that a terminal obeys', () => {
  assert.equal(printable('a\u001b[31mred\u0007\n\u202eb'), 'a [31mred b');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(printable(text), /[\p{Cc}\u2028\u2029\u202e]/u);
    }),
  );
});

test('columns are as wide as they need, numbers to the right', () => {
  assert.deepEqual(
    table(
      ['chunk', 'rows'],
      [
        ['d:2024-01-01', 1234],
        ['none', 2],
      ],
    ),
    ['chunk         rows', 'd:2024-01-01  1,234', 'none              2'],
  );
});

test('durations are short', () => {
  assert.deepEqual([0.25, 42, 200, 9000].map(formatSeconds), ['0.3 s', '42 s', '3 min', '2.5 h']);
});
