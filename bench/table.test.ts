import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTable } from './table.ts';

test('columns line up: numbers on the right with four digits, absent cells empty', () => {
  const rows = [
    { engine: 'ours', rate: 102.4567 },
    { engine: 'other one', rate: 7, note: 'slow' },
  ];
  assert.equal(
    formatTable(rows),
    ['engine      rate  note', '---------  -----  ----', 'ours       102.5', 'other one      7  slow'].join(
      '\n',
    ),
  );
});
