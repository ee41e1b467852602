import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { nodeProgram } from '../command/testing/node-program.ts';
import type { Mapping } from '../source/mapping.ts';
import { openRowCommand } from './row-command.ts';

const MAPPING: Mapping = {
  ...{ id: 'id', text: ['narrative'], timestamp: undefined },
  attributes: [{ name: 'state', column: 'State', type: 'string' }],
};

const row = (id: string | null, narrative: string | null = 'text') => ({ id, narrative, State: 'CA' });

async function outcomes(t: TestContext, body: string, rows: ReturnType<typeof row>[]) {
  const program = await nodeProgram(t, body);
  await using command = openRowCommand(program, MAPPING);
  return { outcomes: await command.apply(rows), batches: await program.batches() };
}

test('named columns change, the others stay; numbers and truth are texts', async (t) => {
  const body = `send({ type: 'row', id, columns: { narrative: row.columns.narrative + '!', State: row.columns.id === '2' ? null : 7 } });`;
  const { outcomes: got } = await outcomes(t, body, [row('1', 'a\u2028b\0c'), row('2', null)]);
  assert.deepEqual(got, [
    { columns: { id: '1', narrative: 'a\u2028b\0c!', State: '7' } },
    { columns: { id: '2', narrative: 'null!', State: null } },
  ]);
});

test('what cannot be a row is a dead letter with the row, and its id if it has one', async (t) => {
  const body = `const kinds = {
    none: { type: 'row' }, list: { type: 'row', columns: [] }, deep: { type: 'row', columns: { State: {} } },
    slip: { type: 'row', columns: { narative: 'x' } }, alien: { type: 'row', columns: { completely: 'x' } },
    dead: { type: 'dead_letter', code: 'own', message: 'no idea' }, drop: { type: 'drop' },
  };
  send({ id, ...kinds[row.columns.narrative] });`;
  const kinds = ['none', 'list', 'deep', 'slip', 'alien', 'dead', 'drop'];
  const { outcomes: got } = await outcomes(
    t,
    body,
    kinds.map((kind, i) => row(i === 0 ? null : `${i}`, kind)),
  );
  assert.deepEqual(
    got.map((one) => ('deadLetter' in one ? [one.deadLetter.id, one.deadLetter.code] : 'dropped')),
    [
      [null, 'bad_columns'],
      ['1', 'bad_columns'],
      ['2', 'bad_columns'],
      ['3', 'unknown_column'],
      ['4', 'unknown_column'],
      ['5', 'own'],
      'dropped',
    ],
  );
  const [slip, dead] = [got[3]!, got[5]!];
  assert.ok('deadLetter' in slip && 'deadLetter' in dead);
  assert.match(slip.deadLetter.message, /"narative".*did you mean "narrative"\?/);
  assert.deepEqual(dead.deadLetter, {
    ...{ step: 'transform', id: '5', code: 'own', message: 'no idea' },
    payload: '{"id":"5","narrative":"dead","State":"CA"}',
  });
});

test('rows go in batches, by their number and by their size', async (t) => {
  const body = `send({ type: 'row', id, columns: {} });`;
  const many = Array.from({ length: 600 }, (_, i) => row(`${i}`));
  assert.deepEqual((await outcomes(t, body, many)).batches, [256, 256, 88]);
  const large = Array.from({ length: 3 }, (_, i) => row(`${i}`, 'x'.repeat(3_000_000)));
  assert.deepEqual((await outcomes(t, body, large)).batches, [2, 1]);
});
