import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { commit, createTable, field, struct, writeParquet } from '@throughline/delta';
import type { Lake } from '../lake/lake.ts';
import type { ThemeFit } from './fit-store.ts';
import {
  assignedByFit,
  chunksWithoutAssignment,
  frozenBefore,
  type HeldTheme,
  heldOf,
  heldThemes,
  rowOfHeld,
  stillHeld,
} from './frozen.ts';
import type { ThemesManifest } from './manifest.ts';

const madeAt = Date.parse('2024-05-17T12:00:00Z');
const micros = (day: string) => BigInt(Date.parse(day)) * 1_000n;

test('what is past is so by the period that the fit was made in', () => {
  const fit = { name: 'b', madeAt };
  const starts = ['1d', '1M', '3M', '1y'].map((freeze) => frozenBefore({ freeze }, { fit: 'a' }, fit));
  assert.deepEqual(starts, ['2024-05-17', '2024-05-01', '2024-04-01', '2024-01-01'].map(micros));
  assert.equal(frozenBefore({}, { fit: 'a' }, fit), undefined);
  // The same fit freezes what it has frozen, and nothing that it has assigned itself.
  assert.equal(frozenBefore({ freeze: '1M' }, { fit: 'b' }, fit), undefined);
  const frozen = { before: '17', held: [] };
  for (const freeze of ['1M', '1y', undefined])
    assert.equal(frozenBefore({ freeze }, { fit: 'b', frozen }, fit), 17n);
  assert.match(assignedByFit({ frozen }, 'p'), /p\._at\) >= 17/);
});

const row = {
  ...{ id: 't001', kind: 'theme' as const, parent: 'g002', label: 'fees', shownLabel: 'Fees' },
  ...{ description: 'About fees.', hidden: true, pinned: true, status: 'same', texts: ['a text'] },
  ...{ keywords: ['fees'], representatives: ['p1'], sampled: 7, firstSeen: 1_700_000_000_000_001n },
  centroid: Float32Array.of(0.6, 0.8),
};
const heldAs = (id: string, label: string): HeldTheme => ({
  ...{ id, label, keywords: [], firstSeen: '0', sampled: 0 },
});

test('a theme that is held is what it was, whatever becomes of the table', () => {
  const kept = rowOfHeld(JSON.parse(JSON.stringify(heldOf(row))));
  const now = { parent: null, shownLabel: 'fees', hidden: false, pinned: false, status: 'faded' };
  assert.deepEqual(kept, { ...row, ...now, texts: [], representatives: [] });
});

test('what an edit speaks of is held, though no passage has it itself', () => {
  const themes = ['a', 'b', 'c'].map((id) => heldAs(id, id));
  const signed = { number: 1, author: 'ann', at: 0 };
  const steps = [{ kind: 'merge' as const, theme: 'a', into: 'b', ...signed }];
  const held = stillHeld(themes, { found: new Set(['a']), steps });
  assert.deepEqual(
    held.map(({ id }) => id),
    ['a', 'b'],
  );
});

test('a theme is held as it was when it was found for the last time, over tables of the same build', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'throughline-held-'));
  t.after(() => rm(root, { recursive: true }));
  const lake: Lake = { root, pipeline: { id: 'p', name: 'p' } };
  const base = {
    ...{
      build: 'b',
      passagesVersion: 3,
      fit: 'old',
      replayed: { steps: [], dissolved: ['t001', 't002', 't004'] },
    },
    frozen: { before: '17', held: [heldAs('t002', 'cards'), heldAs('t003', 'loans')] },
  } as unknown as ThemesManifest;
  const fit = { name: 'new', themes: [{ id: 't003' }] } as ThemeFit;
  // The table is not asked for what is held already: an edit may have made another of it.
  const baseRows = new Map(['t001', 't002'].map((id) => [id, { ...row, id }]));
  const heldBy = (build: string, version: number, freeze?: string) =>
    heldThemes(lake, { base, baseRows, fit, settings: { freeze }, build, passages: { version } });
  const names = (await heldBy('b', 4, '1M')).map(({ id, label }) => [id, label]);
  assert.deepEqual(names, [
    ['t001', 'fees'],
    ['t002', 'cards'],
    ['t004', 'unnamed'],
  ]);
  for (const none of [heldBy('c', 4, '1M'), heldBy('b', 2, '1M'), heldBy('b', 4)])
    assert.deepEqual(await none, []);
});

test('past passages that came after the last assignment are found by their chunks', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-frozen-'));
  t.after(() => rm(folder, { recursive: true }));
  const schema = struct([field('_chunk', 'string'), field('_passage', 'string'), field('_at', 'timestamp')]);
  const table = async (name: string, rows: readonly [string, string, bigint][]) => {
    const root = join(folder, name);
    const columns = {
      _chunk: rows.map(([a]) => a),
      _passage: rows.map(([, b]) => b),
      _at: rows.map(([, , c]) => c),
    };
    const place = { root, schema, partitionColumns: [], partition: {} };
    const created = await createTable(root, { schema });
    const add = await writeParquet(place, [{ rows: rows.length, columns }]);
    return (await commit(created, { operation: 'WRITE', add })).snapshot;
  };
  const passages = await table('passages', [
    ['x', 'p1', 1n],
    ['x', 'p2', 2n],
    ['y', 'p3', 3n],
    ['z', 'p4', 10n],
  ]);
  const assignments = await table('assignments', [
    ['x', 'p1', 1n],
    ['y', 'p3', 3n],
  ]);
  assert.deepEqual(await chunksWithoutAssignment(passages, assignments, 10n), new Set(['x']));
});
