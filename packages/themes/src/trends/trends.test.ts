import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThemesError } from '../errors.ts';
import { random } from '../random.ts';
import { type TrendCounts, type TrendPoint, trends } from './trends.ts';

const TOTAL = 400;

/** Counts of so many items at the given shares; each period's shares multiplied by noise of e^±`unrest`. */
function drawn(shares: readonly number[][], seed: number, unrest = 0): TrendCounts {
  const next = random(seed);
  const counts = shares.map((series) =>
    series.map((share) => {
      const wanted = share * Math.exp(unrest * (next() + next() + next() - 1.5));
      return Array.from({ length: TOTAL }, next).filter((value) => value < wanted).length;
    }),
  );
  return { totals: shares[0]!.map(() => TOTAL), counts };
}

const steady = (themes: number, periods: number) =>
  Array.from({ length: themes }, (_, i) => new Array<number>(periods).fill((i + 1) / (themes * themes)));
const last = (points: TrendPoint[]) => points.at(-1)!;
const changes = (found: TrendPoint[][]) => found.flat().filter(({ change }) => change !== 'none');

for (const unrest of [0, 0.4])
  test(`where nothing changes, hardly anything is reported, shares being unsteady by ${unrest}`, () => {
    let [reported, periods] = [0, 0];
    for (let seed = 0; seed < 30; seed++) {
      const found = trends(drawn(steady(12, 16), seed, unrest));
      for (let period = 6; period < 16; period++, periods++)
        if (found.some((points) => points[period]!.change !== 'none')) reported++;
    }
    assert.ok(reported / periods < 0.08, `${reported} of ${periods} periods`);
  });

test('a theme that surges, one that fades and one that is new are found, and no other', () => {
  const shares = steady(12, 16);
  shares[3]![15] = 0.1;
  shares[11]![15] = 0.03;
  shares.push([...new Array<number>(15).fill(0), 0.04]);
  const found = trends(drawn(shares, 1));
  assert.deepEqual(
    found.map((points) => last(points).change),
    [...new Array(3).fill('none'), 'more', ...new Array(7).fill('none'), 'less', 'new'],
  );
  const { share, low, high, before, q } = last(found[3]!);
  assert.ok(low! < share! && share! < high!);
  assert.ok(before! > 0.02 && before! < 0.04 && q! < 0.01);
});

test('a theme that always goes up and down has to do more to be news', () => {
  const shares = steady(8, 14);
  for (let i = 0; i < 13; i++) shares[7]![i] = i % 2 === 0 ? 0.05 : 0.25;
  shares[7]![13] = 0.25;
  assert.equal(last(trends(drawn(shares, 2))[7]!).change, 'none');
  for (let i = 0; i < 13; i++) shares[7]![i] = 0.15;
  assert.equal(last(trends(drawn(shares, 2))[7]!).change, 'more');
});

test('what comes again each year is no news, where a year is known', () => {
  const shares = steady(6, 25);
  for (const december of [0, 12, 24]) shares[2]![december] = 0.3;
  const counted = drawn(shares, 3);
  assert.equal(last(trends(counted, { baseline: 8 })[2]!).change, 'more');
  const { change, yearBefore } = last(trends(counted, { baseline: 8, season: 12 })[2]!);
  assert.equal(change, 'none');
  assert.ok(yearBefore! > 0.25);
});

test('periods without items, and too few periods, tell nothing', () => {
  const found = trends({ totals: [10, 0, 10, 10, 0, 10], counts: [[1, 0, 1, 1, 0, 10]] })[0]!;
  assert.deepEqual(
    found.map(({ share, q }) => [share, q !== null]),
    [
      [0.1, false],
      [null, false],
      [0.1, false],
      [0.1, false],
      [null, false],
      [1, true],
    ],
  );
  assert.equal(last(found).change, 'more');
  assert.deepEqual(changes(trends({ totals: [], counts: [] })), []);
});

test('a theme that has all of a period or nothing is no news when it has all again', () => {
  const all = Array.from({ length: 13 }, (_, i) => (i % 3 === 0 ? 5 : 0));
  const found = trends({ totals: all.map(() => 5), counts: [all, all.map((count) => 5 - count)] });
  assert.ok(found.every((points) => last(points).change === 'none' && last(points).q! > 0.2));
});

test('a million items a period are no burden', () => {
  const totals = new Array<number>(13).fill(1_000_000);
  const usual = Array.from(totals, (_, i) => 20_000 + (i % 3) * 100);
  const [up, same] = trends({ totals, counts: [[...usual.slice(1), 25_000], usual] });
  assert.deepEqual([last(up!).change, last(same!).change], ['more', 'none']);
});

test('counts that do not fit are refused', () => {
  assert.throws(() => trends({ totals: [1, 2], counts: [[1]] }), ThemesError);
  assert.throws(() => trends({ totals: [1, 2], counts: [[1, 3]] }), /3 of 2 items in period 1/);
});
