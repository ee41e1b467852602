/** Thresholds and scores of topics, from cosines of labelled texts or of any. */
import { LEVELS } from './topic-rule.ts';

/** Cosines at the shares of `LEVELS`, by linear interpolation; of nothing, 1 everywhere. */
export function quantilesOf(cosines: readonly number[]): number[] {
  const sorted = Float64Array.from(cosines).sort();
  return LEVELS.map((level) => {
    const at = level * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(at)] ?? 1, sorted[Math.ceil(at)] ?? 1];
    return low + (high - low) * (at - Math.floor(at));
  });
}

/**
 * The threshold with the highest F1: `cosines` of texts whose nearest topic it is, whether they have its label, and how many texts have
 * the label at all. Half way to the next text below, so that no text stands on it. Undefined where none has the label.
 */
export function bestThreshold(
  cosines: readonly number[],
  isLabelled: readonly boolean[],
  labelled: number,
): number | undefined {
  const order = [...cosines.keys()].sort((a, b) => cosines[b]! - cosines[a]!);
  let [right, best, threshold] = [0, 0, undefined as number | undefined];
  for (const [place, item] of order.entries()) {
    if (isLabelled[item]) right++;
    const next = order[place + 1];
    if (next !== undefined && cosines[next] === cosines[item]) continue;
    const f1 = (2 * right) / (place + 1 + labelled);
    if (f1 <= best) continue;
    best = f1;
    threshold = next === undefined ? cosines[item]! : between(cosines[item]!, cosines[next]!);
  }
  return threshold;
}

/** The middle; of two numbers that are neighbours the upper one, for the middle rounds to one of them. */
function between(upper: number, lower: number): number {
  const middle = (upper + lower) / 2;
  return middle > lower ? middle : upper;
}

const NEWTON_STEPS = 50;

/**
 * Logistic regression of a label on one cosine, with targets drawn in from 0 and 1 by the numbers of both (Platt 1999, "Probabilistic
 * outputs for support vector machines", eq. 4 and 5; Newton steps with a small ridge).
 */
export function logisticOf(
  cosines: readonly number[],
  isLabelled: readonly boolean[],
): { slope: number; intercept: number } {
  const positives = isLabelled.filter(Boolean).length;
  const negatives = isLabelled.length - positives;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  let [slope, intercept] = [0, Math.log((negatives + 1) / (positives + 1))];
  for (let step = 0; step < NEWTON_STEPS; step++) {
    let [ga, gb, haa, hab, hbb] = [-RIDGE * slope, 0, RIDGE, 0, RIDGE];
    for (const [i, cosine] of cosines.entries()) {
      const p = 1 / (1 + Math.exp(slope * cosine + intercept));
      const miss = (isLabelled[i] ? high : low) - p;
      const weight = Math.max(p * (1 - p), 1e-12);
      ga -= miss * cosine;
      gb -= miss;
      haa += weight * cosine * cosine;
      hab += weight * cosine;
      hbb += weight;
    }
    const determinant = haa * hbb - hab * hab;
    const moves = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant];
    slope += moves[0]!;
    intercept += moves[1]!;
    if (Math.max(...moves.map(Math.abs)) < 1e-9) break;
  }
  return { slope, intercept };
}

const RIDGE = 1e-3;
