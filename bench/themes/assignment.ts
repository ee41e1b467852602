/** New vectors by all fitted ones and by exemplars: agreement with labels, and a million of them in batches. */
import {
  agreement,
  assign,
  exemplarsOf,
  type Fitted,
  fit,
  openAssigner,
} from '../../packages/themes/src/index.ts';
import { type LabelledSet, labelledSet } from './sets.ts';

export interface AssignmentRow {
  set: string;
  method: string;
  /** How many vectors were assigned. */
  passages: number;
  voters: number;
  ami: number;
  perSecond: number;
  /** Highest resident memory of the process until here. */
  peakMb?: number;
}

const MANY = Number(process.env.BENCH_THEMES_ASSIGN ?? 1_000_000);
const BATCH = 4_096;

export async function assignment(): Promise<AssignmentRow[]> {
  const [train, test] = [await labelledSet('banking77'), await labelledSet('banking77 test')];
  const { membership, themes } = await fit(train.vectors, train.dimension);
  const all: Fitted = { vectors: train.vectors, membership, themes };
  const start = performance.now();
  const few: Fitted = await exemplarsOf(train.vectors, train.dimension, membership, themes);
  console.error(`themes: exemplars in ${((performance.now() - start) / 1000).toFixed(2)} s`);
  const { theme } = await assign(train.vectors, train.dimension, few);
  const kept = theme.filter((one, i) => one === membership[i]).length / theme.length;
  console.error(`themes: ${(100 * kept).toFixed(2)} % of the fitted passages keep their theme`);
  return [
    await held(test, all, '15 nearest of all'),
    await held(test, few, 'exemplars'),
    // Most of the many for the exemplars; the full vote is the slower one, and a part of them shows its speed.
    await derived(test, all, '15 nearest of all', MANY / 10),
    await derived(test, few, 'exemplars', MANY),
  ];
}

async function held(test: LabelledSet, fitted: Fitted, method: string): Promise<AssignmentRow> {
  const start = performance.now();
  const { theme } = await assign(test.vectors, test.dimension, fitted);
  const perSecond = test.labels.length / ((performance.now() - start) / 1000);
  return {
    ...{ set: test.name, method, passages: test.labels.length, voters: fitted.membership.length },
    ...{ ami: agreement(theme, test.labels).ami, perSecond },
  };
}

/** Only the time of the assignment counts, not that of making vectors. No more than a batch of them is in memory. */
async function derived(
  test: LabelledSet,
  fitted: Fitted,
  method: string,
  count: number,
): Promise<AssignmentRow> {
  await using assigner = await openAssigner(fitted, test.dimension);
  await assigner.assign(test.vectors);
  const [given, labels] = [new Int32Array(count), new Array<string>(count)];
  let milliseconds = 0;
  for (let at = 0; at < count; at += BATCH) {
    const size = Math.min(BATCH, count - at);
    const batch = between(test, at, size);
    const start = performance.now();
    const { theme } = await assigner.assign(batch.vectors);
    milliseconds += performance.now() - start;
    given.set(theme, at);
    for (const [i, label] of batch.labels.entries()) labels[at + i] = label;
  }
  return {
    ...{ set: `${test.name}, derived`, method, passages: count, voters: fitted.membership.length },
    ...{ ami: agreement(given, labels).ami, perSecond: count / (milliseconds / 1000) },
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
}

/** Each vector lies between two real ones of one class, nearer to the first by up to four to one; its class is theirs. */
function between(set: LabelledSet, from: number, size: number): { vectors: Float32Array; labels: string[] } {
  const { dimension, vectors } = set;
  const made = new Float32Array(size * dimension);
  const labels: string[] = [];
  const classes = classesOf(set);
  for (let i = 0; i < size; i++) {
    const first = (from + i) % set.labels.length;
    const round = Math.floor((from + i) / set.labels.length);
    const own = classes.get(set.labels[first]!)!;
    const second = own[(first + round) % own.length]!;
    const share = 0.5 + 0.3 * ((round % 10) / 10);
    for (let d = 0; d < dimension; d++)
      made[i * dimension + d] =
        share * vectors[first * dimension + d]! + (1 - share) * vectors[second * dimension + d]!;
    labels.push(set.labels[first]!);
  }
  return { vectors: made, labels };
}

const CLASSES = new WeakMap<LabelledSet, Map<string, number[]>>();

function classesOf(set: LabelledSet): Map<string, number[]> {
  const known = CLASSES.get(set);
  if (known) return known;
  const classes = new Map<string, number[]>();
  for (const [item, label] of set.labels.entries()) classes.set(label, [...(classes.get(label) ?? []), item]);
  CLASSES.set(set, classes);
  return classes;
}
