/**
 * How often the drift check is wrong, and what it finds, on real texts: the complaints of the demo's lake. Random halves of the records
 * are no drift; another mix of products and another language are.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { randomBits } from '../packages/throughline/src/evaluation/statistics/random.ts';
import { openEmbedder } from '../packages/throughline/src/model/index.ts';
import {
  type DriftOptions,
  type DriftTest,
  pairsOf,
  testSides,
} from '../packages/throughline/src/quality/drift.ts';
import { type BenchRecord, recordsOf } from './drift/records.ts';
import { spanishComplaints } from './drift/spanish.ts';
import type { Row } from './table.ts';

export const description =
  'false alarms of the drift check on 600 random halves (goal 1 in 100), and what mixes and languages it finds';

/** Of whoever has one elsewhere; the demo's unless told. */
const LAKE = process.env.THROUGHLINE_DEMO_LAKE ?? join(import.meta.dirname, '../demo/lake');
const HALVES = 600;
const CHANGED = 10;
/** As the check has them (`check-drift.ts`), with its default limit. */
const SAMPLE = 1_000;
const PERMUTATIONS = 999;
const LIMIT = 0.005;

type Sides = readonly [before: readonly BenchRecord[], now: readonly BenchRecord[]];

export default async function run(): Promise<Row[]> {
  const records = await recordsOf(LAKE);
  if (!records) {
    console.log(`There is no lake at ${LAKE}: make it with npm run demo.`);
    return [];
  }
  const next = randomBits(1);
  const random = () => next() / 2 ** 32;
  const halves = (): Sides => {
    const mixed = shuffled(records, random);
    const half = Math.floor(mixed.length / 2);
    return [mixed.slice(0, half), mixed.slice(half)];
  };
  const testOf = halfTest(records);
  const rows = [measured('random halves', HALVES, () => testOf(halves()[0]))];
  const changed = (what: string, change: (sides: Sides) => Sides) =>
    rows.push(measured(what, CHANGED, () => isChanged(change(halves()))));
  const [most, second] = byFrequency(records);
  for (const share of [0.05, 0.1, 0.2])
    changed(`${share * 100} % more of ${most}`, ([before, now]) => {
      const count = Math.round(now.length * share);
      const moved = before.filter(({ product }) => product === most).slice(0, count);
      return [before.filter((one) => !moved.includes(one)), [...now.slice(moved.length), ...moved]];
    });
  changed(`only ${most} before, only ${second} now`, ([before, now]) => [
    before.filter(({ product }) => product === most),
    now.filter(({ product }) => product === second),
  ]);
  const spanish = await embedded(spanishComplaints());
  for (const share of [0.02, 0.05])
    changed(`${share * 100} % in Spanish`, ([before, now]) => {
      const others = shuffled(spanish, random).slice(0, Math.round(now.length * share));
      return [before, [...now.slice(others.length), ...others]];
    });
  return rows;
}

function measured(what: string, times: number, isAlarm: () => boolean): Row {
  const alarms = Array.from({ length: times }, isAlarm).filter(Boolean).length;
  return { what, times, alarms, share: alarms / times };
}

/** The first of the permutations are the same as those of all: so many of them mostly say that there is no alarm. */
const FIRST = 99;

let seed = 0;

/** Each has a seed of its own: those of one seed would share its luck. */
function isAlarm(test: (options: DriftOptions) => DriftTest): boolean {
  seed++;
  const first = test({ permutations: FIRST, seed });
  if (Math.round(first.p * (FIRST + 1)) >= LIMIT * (PERMUTATIONS + 1)) return false;
  return test({ permutations: PERMUTATIONS, seed }).p < LIMIT;
}

function isChanged([before, now]: Sides): boolean {
  const [fresh, old] = [sampleOf(now), sampleOf(before)];
  const pairs = pairsOf([...fresh, ...old]);
  const sides = Uint8Array.from({ length: fresh.length + old.length }, (_, i) => Number(i < fresh.length));
  return isAlarm((options) => testSides(pairs, sides, options));
}

/** Of all records, whose distances are the same in each half, those of one half against the others. */
function halfTest(records: readonly BenchRecord[]): (half: readonly BenchRecord[]) => boolean {
  const all = records.slice(0, 2 * SAMPLE);
  const pairs = pairsOf(all.map(({ vector }) => vector));
  return (half) => {
    const members = new Set(half);
    const sides = Uint8Array.from(all, (one) => Number(members.has(one)));
    return isAlarm((options) => testSides(pairs, sides, options));
  };
}

/** As the check takes them: the smallest digests. */
function sampleOf(records: readonly BenchRecord[]): Float32Array[] {
  return [...records]
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .slice(0, SAMPLE)
    .map(({ vector }) => vector);
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  const mixed = [...all];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}

function byFrequency(records: readonly BenchRecord[]): string[] {
  const counts = new Map<string, number>();
  for (const { product } of records) counts.set(product, (counts.get(product) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([product]) => product);
}

async function embedded(texts: readonly string[]): Promise<BenchRecord[]> {
  await using embedder = await openEmbedder({ model: 'minilm' });
  const { vectors } = await embedder.embed(texts);
  const { dimension } = embedder.info;
  return texts.map((text, i) => ({
    product: 'Spanish',
    hash: createHash('sha256').update(text).digest('hex'),
    vector: vectors.slice(i * dimension, (i + 1) * dimension),
  }));
}
