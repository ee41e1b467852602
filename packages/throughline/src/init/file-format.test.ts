import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHeader } from './file-format.ts';

test('a first line is a header unless it holds what only rows do', () => {
  for (const header of [
    ['id', 'text'],
    ['0', '1', '2'],
    ['', 'Clothing ID'],
    ['What did you like most about it?', 'Score'],
  ])
    assert.equal(isHeader(header), true, header.join());
  for (const row of [
    ['3', 'Wall St. Bears Claw Back'],
    ['2024-01-31', 'text'],
    ['ham', 'Go until jurong point, available only in bugis n great world'],
    ['https://example.org/a', 'x'],
  ])
    assert.equal(isHeader(row), false, row.join());
});
