import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Edit, type EditAction, type EditEntry, standingEdits } from './edits.ts';
import { NOISE } from './noise.ts';
import { needVectors, replayEdits, themeAfter, withPins } from './replay-edits.ts';

const MODEL = 'm';
const signed = (actions: (EditAction | { kind: 'undo'; undoes: number })[]): EditEntry[] =>
  actions.map((action, i) => ({ ...action, number: i + 1, author: 'ann', at: i }));
const edits = (...actions: EditAction[]) => signed(actions) as Edit[];
const merge = (theme: string, into: string): EditAction => ({ kind: 'merge', theme, into });
const EAST = Float32Array.of(1, 0);
const NORTH = Float32Array.of(0, 1);
const split = (theme: string, ...ids: string[]): EditAction => ({
  ...{ kind: 'split', theme, modelDigest: MODEL },
  parts: ids.map((id, i) => ({ id, centroid: i === 0 ? EAST : NORTH })),
});
const pin = (theme: string, centroid = NORTH): EditAction => ({
  ...{ kind: 'pin', theme, modelDigest: MODEL },
  pinned: { label: 'kept', keywords: ['kept'], firstSeen: 1n, centroid },
});
const fitOf = (themes: readonly string[], modelDigest = MODEL) => ({ themes, groups: ['g'], modelDigest });
const noVector = () => assert.fail('asked for a vector');

test('a merge stays although the fit finds both, and chains of merges hold', () => {
  const { themes, steps, waiting } = replayEdits(
    fitOf(['a', 'b', 'c']),
    edits(merge('a', 'b'), merge('b', 'c')),
  );
  assert.deepEqual(themes, ['c']);
  assert.equal(waiting.size, 0);
  for (const id of ['a', 'b', 'c']) assert.equal(themeAfter(steps, id, noVector), 'c');
});

test('an edit waits while its theme has faded, and has its effect when the theme is back', () => {
  const made = edits({ kind: 'rename', theme: 'a', label: 'Cards' }, merge('b', 'a'), {
    kind: 'hide',
    theme: 'c',
  });
  const faded = replayEdits(fitOf(['b', 'c']), made);
  assert.deepEqual([...faded.waiting.keys()], [1, 2]);
  assert.deepEqual(faded.themes, ['b', 'c']);
  assert.deepEqual([...faded.hidden], ['c']);
  const back = replayEdits(fitOf(['a', 'b', 'c']), made);
  assert.equal(back.waiting.size, 0);
  assert.equal(back.labels.get('a'), 'Cards');
  assert.equal(themeAfter(back.steps, 'b', noVector), 'a');
});

test('a theme that only past passages have can be edited, and takes new ones where it is pinned', () => {
  const fit = { ...fitOf(['b']), held: ['a', 'c'] };
  const { themes, steps, waiting, held, dissolved } = replayEdits(fit, edits(merge('a', 'b'), pin('c')));
  assert.deepEqual([themes, waiting.size], [['b', 'c'], 0]);
  assert.equal(themeAfter(steps, 'a', noVector), 'b');
  assert.deepEqual([[...held], [...dissolved.keys()]], [['a'], ['c']]);
});

test('a part of a theme that only past passages have is of the past, too', () => {
  const made = edits(split('a', 'p', 'q'), split('p', 'r', 's'), split('b', 'v', 'w'));
  const { past } = replayEdits({ ...fitOf(['b']), held: ['a'] }, made);
  assert.deepEqual([...past], ['q', 'r', 's']);
});

test('a theme is of the past no more where one that is found, or pinned, becomes it', () => {
  const fit = { ...fitOf(['b', 'c']), held: ['a', 'd'] };
  const pastOf = (...actions: EditAction[]) => [...replayEdits(fit, edits(...actions)).past];
  assert.deepEqual(pastOf(), ['a', 'd']);
  assert.deepEqual(pastOf(merge('d', 'a')), ['a']);
  assert.deepEqual(pastOf(merge('b', 'a')), ['d']);
  assert.deepEqual(pastOf(merge('b', 'a'), merge('a', 'd')), []);
  assert.deepEqual(pastOf(merge('b', 'a'), split('a', 'p', 'q')), ['d']);
  // Only one of the parts is what the other is merged into.
  assert.deepEqual(pastOf(split('a', 'p', 'q'), merge('b', 'q')), ['d', 'p']);
  assert.deepEqual(pastOf(pin('z'), merge('z', 'a')), ['d']);
});

test('a split gives each passage the nearest part, also those that were merged into it before', () => {
  const { themes, steps } = replayEdits(fitOf(['a', 'b']), edits(merge('b', 'a'), split('a', 'p', 'q')));
  assert.deepEqual(themes, ['p', 'q']);
  assert.equal(
    themeAfter(steps, 'a', () => Float32Array.of(0.9, 0.1)),
    'p',
  );
  assert.equal(
    themeAfter(steps, 'b', () => Float32Array.of(0.1, 0.9)),
    'q',
  );
  assert.deepEqual([...needVectors(steps, ['a', 'b', NOISE])], ['a', 'b']);
  assert.equal(themeAfter(steps, NOISE, noVector), NOISE);
});

test('a part can be merged, renamed and hidden like any other theme', () => {
  const made = edits(split('a', 'p', 'q'), merge('q', 'b'), { kind: 'rename', theme: 'p', label: 'P' });
  const { themes, steps, labels } = replayEdits(fitOf(['a', 'b']), made);
  assert.deepEqual(themes, ['b', 'p']);
  assert.equal(
    themeAfter(steps, 'a', () => NORTH),
    'b',
  );
  assert.equal(labels.get('p'), 'P');
});

test('a pinned theme that a fit dissolves comes back, and takes what is nearer to it', () => {
  const replay = replayEdits(fitOf(['b']), edits(pin('a'), { kind: 'rename', theme: 'a', label: 'Mine' }));
  assert.deepEqual(replay.themes, ['b', 'a']);
  assert.deepEqual([...replay.dissolved.keys()], ['a']);
  assert.equal(replay.labels.get('a'), 'Mine');
  const rule = { dissolved: replay.dissolved, centroidOf: () => EAST };
  assert.equal(withPins('b', Float32Array.of(0.1, 0.9), rule), 'a');
  assert.equal(withPins('b', Float32Array.of(0.9, 0.1), rule), 'b');
  assert.equal(withPins(NOISE, NORTH, rule), NOISE);
  assert.equal(replayEdits(fitOf(['a', 'b']), edits(pin('a'))).dissolved.size, 0);
});

test('a pinned part is there by its split, and by its pin when the theme that was split has faded', () => {
  const made = edits(split('a', 'p', 'q'), pin('q'));
  assert.equal(replayEdits(fitOf(['a', 'b']), made).dissolved.size, 0);
  const faded = replayEdits(fitOf(['b']), made);
  assert.deepEqual(faded.themes, ['b', 'q']);
  assert.deepEqual([...faded.waiting.keys()], [1]);
});

test('what holds vectors of another model waits', () => {
  const { waiting, themes } = replayEdits(fitOf(['a'], 'other'), edits(split('a', 'p', 'q'), pin('z')));
  assert.deepEqual([...waiting.values()], ['made with another model', 'made with another model']);
  assert.deepEqual(themes, ['a']);
});

test('an edit that was undone does not hold, and the others keep their order', () => {
  const log = signed([merge('a', 'b'), { kind: 'hide', theme: 'b' }, { kind: 'undo', undoes: 1 }]);
  assert.deepEqual(
    standingEdits(log).map(({ number }) => number),
    [2],
  );
});

test('every passage ends in a theme that is there, and undoing all gives the fit back', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const action = fc.oneof(
    fc.record({ kind: fc.constant('merge' as const), theme: id, into: id }).filter((m) => m.theme !== m.into),
    id.map((theme) => split(theme, `${theme}1`, `${theme}2`)),
    id.map((theme) => pin(theme)),
  );
  fc.assert(
    fc.property(fc.uniqueArray(id, { minLength: 1 }), fc.array(action), (found, actions) => {
      const replay = replayEdits(fitOf(found), edits(...actions));
      for (const from of [...found, ...replay.dissolved.keys()])
        assert.ok(replay.themes.includes(themeAfter(replay.steps, from, () => NORTH)));
      assert.deepEqual([...replay.past], []);
      assert.deepEqual(replayEdits(fitOf(found), []).themes, found);
    }),
  );
});

test('a group can be renamed, and edits of its themes do not touch its name', () => {
  const rename: EditAction = { kind: 'rename', theme: 'g', label: 'Money' };
  const { labels, waiting, themes } = replayEdits(fitOf(['a', 'b']), edits(rename, merge('a', 'b')));
  assert.equal(labels.get('g'), 'Money');
  assert.deepEqual([waiting.size, themes], [0, ['b']]);
});
