import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CERTAIN_FAULTS, faultsOf } from './faults.ts';
import { DEFAULTS, parseFaults } from './options.ts';

const draws = (seed: number, faults: string, count: number, mostInBurst = 1) => {
  const next = faultsOf({ ...DEFAULTS, seed, faults: parseFaults(faults), mostInBurst });
  return Array.from({ length: count }, () => next());
};

test('the same seed has the same faults, another seed has others', () => {
  assert.deepEqual(draws(1, 'all=0.3', 200), draws(1, 'all=0.3', 200));
  assert.notDeepEqual(draws(1, 'all=0.3', 200), draws(2, 'all=0.3', 200));
});

test('each comes as often as it is likely', () => {
  const drawn = draws(1, 'zeros=0.1,500=0.2', 20_000);
  const share = (kind: string | undefined) => drawn.filter((fault) => fault === kind).length / 20_000;
  assert.ok(Math.abs(share('zeros') - 0.1) < 0.01);
  assert.ok(Math.abs(share('500') - 0.2) < 0.01);
  assert.ok(Math.abs(share(undefined) - 0.7) < 0.01);
});

test('all of them come, and together as often as was said', () => {
  const drawn = draws(1, 'all=0.5', 20_000);
  assert.deepEqual(new Set(drawn), new Set([undefined, ...CERTAIN_FAULTS]));
  assert.ok(Math.abs(drawn.filter((fault) => fault !== undefined).length / 20_000 - 0.5) < 0.02);
});

test('an error of the server stays for a few requests', () => {
  const drawn = draws(1, '503=0.02', 5000, 4).map((fault) => (fault === undefined ? '.' : 'x'));
  const lengths = drawn
    .join('')
    .split(/\.+/)
    .map(({ length }) => length);
  assert.ok(lengths.includes(1) && lengths.includes(4));
});

test('what is no list of faults is an error that says so', () => {
  assert.throws(() => parseFaults('zeros'), /NAME=PROBABILITY/);
  assert.throws(() => parseFaults('zeros=2'), /NAME=PROBABILITY/);
  assert.throws(() => parseFaults('sunspots=0.1'), /no fault "sunspots"/);
  assert.deepEqual(parseFaults(''), {});
});
