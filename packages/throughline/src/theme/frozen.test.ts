import assert from 'node:assert/strict';
import test from 'node:test';
import { assignedByFit, frozenBefore, heldOf, rowOfHeld } from './frozen.ts';

const madeAt = Date.parse('2024-05-17T12:00:00Z');
const micros = (day: string) => BigInt(Date.parse(day)) * 1_000n;

test('what is past is so by the period that the fit was made in', () => {
  const fit = { name: 'b', madeAt };
  const starts = ['1d', '1M', '3M', '1y'].map((freeze) => frozenBefore({ freeze }, { fit: 'a' }, fit));
  assert.deepEqual(starts, ['2024-05-17', '2024-05-01', '2024-04-01', '2024-01-01'].map(micros));
  assert.equal(frozenBefore({}, { fit: 'a' }, fit), undefined);
  // The same fit freezes what it has frozen, and nothing that it has assigned itself.
  assert.equal(frozenBefore({ freeze: '1M' }, { fit: 'b' }, fit), undefined);
  const frozen = { before: '0', held: [] };
  assert.equal(frozenBefore({ freeze: '1M' }, { fit: 'b', frozen }, fit), micros('2024-05-01'));
  assert.match(assignedByFit({ frozen: { before: '17', held: [] } }, 'p'), /p\._at\) >= 17/);
});

test('a theme that is held is what it was, whatever becomes of the table', () => {
  const row = {
    ...{ id: 't001', kind: 'theme' as const, parent: 'g002', label: 'fees', shownLabel: 'Fees' },
    ...{ description: 'About fees.', hidden: true, pinned: true, status: 'same', texts: ['a text'] },
    ...{ keywords: ['fees'], representatives: ['p1'], sampled: 7, firstSeen: 1_700_000_000_000_001n },
    centroid: Float32Array.of(0.6, 0.8),
  };
  const kept = rowOfHeld(JSON.parse(JSON.stringify(heldOf(row))));
  const now = { parent: null, shownLabel: 'fees', hidden: false, pinned: false, status: 'faded' };
  assert.deepEqual(kept, { ...row, ...now, texts: [], representatives: [] });
});
