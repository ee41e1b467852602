import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { calendarOf } from './calendar.ts';

const chunks = (...ids: string[]) => ids.map((chunk) => ({ chunk }));
const shape = (...ids: string[]) => {
  const { unit, years, others } = calendarOf(chunks(...ids));
  const cells = years.map(({ year, groups }) => [
    year,
    groups.map(({ label, cells }) => [label, cells.map((cell) => cell?.chunk.slice(7) ?? null)]),
  ]);
  return { unit, cells, others: others.map(({ chunk }) => chunk) };
};

test('months stand in the column of their name, the newest year first', () => {
  const { unit, cells } = shape('d:2023-12-01', 'd:2024-01-01', 'd:2024-03-01');
  const none = (months: number) => Array.from({ length: months }, () => null);
  assert.equal(unit, 'month');
  assert.deepEqual(cells, [
    ['2024', [['', ['01-01', null, '03-01', ...none(9)]]]],
    ['2023', [['', [...none(11), '12-01']]]],
  ]);
});

test('days stand below their weekday, in their month', () => {
  const { unit, cells } = shape('d:2024-05-01', 'd:2024-05-02', 'd:2024-06-01');
  assert.equal(unit, 'day');
  const [[, [may, june]]] = cells as [[string, [string, (string | null)[]][]]];
  assert.deepEqual(may, ['May', [null, null, '05-01', '05-02']]);
  assert.equal(june?.[1].indexOf('06-01'), 5);
});

test('weeks stand in their quarter', () => {
  const { unit, cells } = shape('d:2024-01-01', 'd:2024-01-08', 'd:2024-04-01');
  assert.equal(unit, 'week');
  assert.deepEqual(cells, [
    [
      '2024',
      [
        ['Q1', ['01-01', '01-08']],
        ['Q2', ['04-01']],
      ],
    ],
  ]);
});

test('what is no window of time stands apart', () => {
  assert.deepEqual(shape('v:Mortgage', 'none').others, ['v:Mortgage', 'none']);
  assert.equal(shape('v:Mortgage').unit, 'none');
});

test('every chunk has a cell, whatever the windows are', () => {
  const day = fc
    .date({ min: new Date('2015-01-01'), max: new Date('2026-01-01'), noInvalidDate: true })
    .map((one) => `d:${one.toISOString().slice(0, 10)}`);
  const id = fc.oneof(
    day,
    fc.string().map((one) => `v:${one}`),
    day.map((one) => `${one}T06`),
  );
  fc.assert(
    fc.property(fc.uniqueArray(id), (ids) => {
      const { years, others } = calendarOf(chunks(...ids));
      const cells = years.flatMap(({ groups }) => groups.flatMap((group) => group.cells));
      const shown = [...cells, ...others].flatMap((cell) => (cell === undefined ? [] : [cell.chunk]));
      assert.deepEqual(shown.sort(), ids.toSorted());
    }),
  );
});
