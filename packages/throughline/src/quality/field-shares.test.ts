import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SourceColumn } from '../source/source-columns.ts';
import { checkSchema, schemaChanges } from './check-schema.ts';
import { columnsAfter } from './field-shares.ts';

const CHECK = { check: 'schema', added: 'warn', missing: 'fail', type: 'fail', name: undefined } as const;
const DAY = 86_400_000;

const field = (name: string, share: number, type = 'string'): SourceColumn => ({ name, share, type });

/** What is told, look by look, where nothing is refused: of one field, by its shares. A share of 0 is a field that is not there. */
function told(shares: readonly number[], everyMs = 600_000): string[][] {
  let known: SourceColumn[] | undefined;
  return shares.map((share, i) => {
    const now = [field('always', 1), ...(share > 0 ? [field('x', share)] : [])];
    const changes = known ? schemaChanges(known, now) : [];
    known = columnsAfter(known, now, i * everyMs);
    return changes.map(({ change }) => change);
  });
}

test('a field is missing where its share has fallen below a tenth, and told with both shares', () => {
  assert.deepEqual(told([0.5, 0.051]), [[], []]);
  assert.deepEqual(told([0.5, 0.049]), [[], ['missing']]);
  const missing = checkSchema(CHECK, {
    before: [field('x', 0.97)],
    now: [field('x', 0.002)],
    accepted: false,
  });
  assert.deepEqual(
    [missing.status, missing.severity, missing.sample],
    ['failed', 'fail', ['missing x (97 % of the messages had it, now 0.2 %)']],
  );
});

test('a field of few messages is neither missing nor new', () => {
  assert.deepEqual(told([0.049, 0, 0.049, 0]), [[], [], [], []]);
  assert.deepEqual(told([0, 0.049, 0.05, 0.06]), [[], [], ['added'], []]);
});

test('whatever shares are, a field that at least a tenth of its least share still have is never missing', () => {
  const steady = fc.tuple(
    fc.double({ min: 0.1, max: 1, noNaN: true }),
    fc.array(fc.double({ min: 0.11, max: 1, noNaN: true })),
  );
  fc.assert(
    fc.property(steady, ([most, factors]) => {
      const looks = told([most, ...factors.map((factor) => most * factor)]);
      assert.deepEqual(looks.flat(), []);
    }),
  );
});

test('a field that is gone is told once, however it went: at once, or bit by bit within twenty looks where a fifth of the messages had it', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.2, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 20 }),
      (share, looks) => {
        const falling = Array.from({ length: looks }, (_, i) => share * (1 - (i + 1) / looks));
        const changes = told([share, ...falling, 0, 0, 0]).flat();
        assert.deepEqual(changes, ['missing']);
      },
    ),
  );
});

test('what comes and goes is told the first time, and again once it had stayed for a month', () => {
  const nights = Array.from({ length: 60 }, (_, i) => (i % 2 ? 0 : 0.8));
  assert.deepEqual(told(nights, DAY / 2).flat(), ['missing']);
  const stayed = [0.8, 0, ...Array.from({ length: 31 }, () => 0.8), 0];
  assert.deepEqual(told(stayed, DAY).flat(), ['missing', 'missing']);
});

test('another type is one that no message had before; fewer of the known ones are no change', () => {
  const before = [field('n', 1, 'number | string')];
  assert.deepEqual(schemaChanges(before, [field('n', 1, 'number')]), []);
  const now = [field('n', 1, 'nested | number')];
  assert.deepEqual(
    schemaChanges(before, now).map(({ text }) => text),
    ['n is nested | number, was number | string'],
  );
  assert.equal(columnsAfter(before, now, 0)[0]!.type, 'nested | number | string');
});

test('a field that is in next to no message any more is forgotten, and new where it comes back', () => {
  const fading = [
    0.06,
    ...Array.from({ length: 10 }, () => 0.02),
    ...Array.from({ length: 40 }, () => 0.007),
  ];
  const looks = told([...fading, ...Array.from({ length: 40 }, () => 0), 0.5]);
  assert.deepEqual(looks.flat(), ['added']);
});

test('of a source that has columns, later looks go by them alone', () => {
  const before = [{ name: 'a', type: 'integer' }, { name: 'b' }];
  const now = [{ name: 'a', type: 'text' }];
  assert.deepEqual(columnsAfter(before, now, 0), now);
});

test('keys that are ever others do not add up', () => {
  let known: SourceColumn[] | undefined;
  for (let look = 0; look < 20; look++) {
    const now = Array.from({ length: 100 }, (_, i) => field(`key ${look} ${i}`, 0.5));
    known = columnsAfter(known, [field('always', 1), ...now], look * DAY);
  }
  assert.equal(known!.length, 1_000);
  assert.ok(known!.some(({ name }) => name === 'always'));
  assert.ok(
    known!.some(({ name }) => name === 'key 19 5'),
    'what is there stays',
  );
});
