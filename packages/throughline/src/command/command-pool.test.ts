import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { brokenCommandOf, CommandBrokenError } from './command-broken-error.ts';
import { openCommandPool } from './command-pool.ts';
import type { RowAnswer } from './command-process.ts';
import { nodeProgram } from './testing/node-program.ts';

/** Answers n; some rows end it, some are refused, some dropped. */
const BODY = `if (row.what === 'kill') process.exit(9);
  if (row.what === 'refuse') return send({ type: 'dead_letter', id, message: 'no ' + row.n });
  if (row.what === 'drop') return send({ type: 'drop', id });
  send({ type: 'row', id, n: row.n });`;

const shown = (answer: RowAnswer) =>
  'row' in answer ? answer.row.n : 'code' in answer ? answer.code : 'dropped';

test('each row has its own answer, in their order, whichever of them end the program', async (t) => {
  const program = await nodeProgram(t, BODY);
  await using pool = openCommandPool(program);
  const what = fc.constantFrom('fine', 'fine', 'fine', 'fine', 'refuse', 'drop', 'kill');
  await fc.assert(
    fc.asyncProperty(fc.array(what, { minLength: 5, maxLength: 40 }), async (kinds) => {
      const rows = kinds.map((kind, n) => ({ what: kind, n }));
      const answers = await pool.ask(rows, { harmless: [{ what: 'fine', n: -1 }] });
      const wanted = kinds.map(
        (kind, n) => ({ fine: n, refuse: 'refused', drop: 'dropped', kill: 'command_failed' })[kind],
      );
      assert.deepEqual(answers.map(shown), wanted);
    }),
    { numRuns: 5, seed: 7, endOnFailure: true },
  );
});

test('a program is at fault only where it answers no harmless row', async (t) => {
  const program = await nodeProgram(t, BODY);
  const rows = [
    { what: 'kill', n: 0 },
    { what: 'fine', n: 1 },
  ];
  await using pool = openCommandPool(program);
  // It stumbles at what is harmless to others, and answers one of its own rows.
  const answers = await pool.ask(rows, { harmless: [{ what: 'kill' }, ...rows] });
  assert.deepEqual(answers.map(shown), ['command_failed', 1]);
  // What it has answered once is harmless from then on.
  const again = await pool.ask([rows[0]!], { harmless: [{ what: 'kill' }] });
  assert.deepEqual(again.map(shown), ['command_failed']);
  await using other = openCommandPool(program);
  await assert.rejects(other.ask([rows[0]!], { harmless: [{ what: 'kill' }] }), CommandBrokenError);
});

test('a program that ended while nobody asked is started again, and no row is to blame', async (t) => {
  const program = await nodeProgram(t, `${BODY} setTimeout(() => process.exit(1), 50);`);
  await using pool = openCommandPool(program);
  for (const n of [1, 2]) {
    const [answer] = await pool.ask([{ n }], { harmless: [] });
    assert.equal(shown(answer!), n);
    await sleep(300);
  }
  assert.equal(await program.starts(), 2);
});

test('the reason of a row does not have what was printed of others', async (t) => {
  const program = await nodeProgram(t, `process.stderr.write('about ' + row.n); ${BODY}`);
  await using pool = openCommandPool(program);
  await pool.ask([{ n: 1 }], { harmless: [] });
  await sleep(100);
  const [answer] = await pool.ask([{ n: 2, what: 'kill' }], { harmless: [] });
  assert.ok('code' in answer!);
  assert.match(answer.message, /ended with code 9; it printed: about 2$/);
});

test('the error is known again from the end of what a worker has written of it', () => {
  const failures: [isStarted: boolean, end: string, hint: RegExp][] = [
    [true, 'end', /^Try it: throughline doctor/],
    [false, 'end', /^Install the program/],
    [true, "ModuleNotFoundError: No module named 'throughline_mapper'", /^Copy the kit for Python/],
  ];
  for (const [isStarted, end, expected] of failures) {
    const { message, hint } = new CommandBrokenError({
      message: `python3: ${'x'.repeat(3_000)} ${end}`,
      isStarted,
    });
    assert.match(hint!, expected);
    const whole = `${message}\n${hint}\n`;
    assert.equal(brokenCommandOf(whole), message);
    const cut = brokenCommandOf(whole.slice(-2_000).trim())!;
    assert.match(cut, /^the command does not work: \.\.\. x+ /);
    assert.ok(cut.endsWith(end));
  }
  assert.equal(brokenCommandOf('the mapper ran out of memory'), undefined);
});
