/** Ways to make one ranking of two: by ranks, and by scores that were made comparable. */

export interface Scored {
  id: string;
  score: number;
}

/** What the two sides of one query found, best first, each id once. */
export interface Sides {
  keyword: readonly Scored[];
  semantic: readonly Scored[];
}

export interface Method {
  name: string;
  fuse(sides: Sides): string[];
}

const RRF_K = [10, 20, 60, 100];
/** Of the semantic side; the keyword side has the rest. */
const WEIGHTS = [0.3, 0.4, 0.5, 0.6, 0.7];
/** Adds to what a side knows of an id. */
type Normalise = (list: readonly Scored[]) => Map<string, number>;

/** Today's search first: what the others are compared with. */
export function allMethods(): Method[] {
  const rrf = RRF_K.flatMap((k) =>
    WEIGHTS.map((weight) => weighted(`rrf k=${k}`, weight, reciprocalRanks(k))),
  );
  const scores = WEIGHTS.flatMap((weight) => [
    weighted('min-max', weight, minMax),
    weighted('z-score', weight, zScore),
    weighted('share of the best', weight, shareOfBest),
  ]);
  const all = [...rrf, ...scores];
  const today = all.find(({ name }) => name === TODAY)!;
  return [today, ...all.filter((one) => one !== today)];
}

export const TODAY = 'rrf k=60, semantic 0.5';

function weighted(name: string, weight: number, normalise: Normalise): Method {
  return {
    name: `${name}, semantic ${weight}`,
    fuse({ keyword, semantic }) {
      const scores = new Map<string, number>();
      for (const [list, share] of [
        [keyword, 1 - weight],
        [semantic, weight],
      ] as const)
        for (const [id, score] of normalise(list)) scores.set(id, (scores.get(id) ?? 0) + share * score);
      return [...scores].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([id]) => id);
    },
  };
}

/** Cormack, Clarke and Büttcher, SIGIR 2009. */
function reciprocalRanks(k: number): Normalise {
  return (list) => new Map(list.map(({ id }, i) => [id, 1 / (k + i + 1)]));
}

/** The best has 1, the last candidate 0, as has what is none. */
function minMax(list: readonly Scored[]): Map<string, number> {
  const [high, low] = [list[0]?.score ?? 0, list.at(-1)?.score ?? 0];
  return new Map(list.map(({ id, score }) => [id, high === low ? 1 : (score - low) / (high - low)]));
}

/** Standard deviations above the mean, counted from the last candidate: what is none has 0. */
function zScore(list: readonly Scored[]): Map<string, number> {
  const mean = list.reduce((sum, { score }) => sum + score, 0) / list.length;
  const deviation = Math.sqrt(list.reduce((sum, { score }) => sum + (score - mean) ** 2, 0) / list.length);
  const low = list.at(-1)?.score ?? 0;
  return new Map(list.map(({ id, score }) => [id, deviation === 0 ? 0 : (score - low) / deviation]));
}

/** From the least score that there can be, as far as 0 is it (Bruch, Gai and Ingber, TOIS 2023). */
function shareOfBest(list: readonly Scored[]): Map<string, number> {
  const high = list[0]?.score ?? 0;
  return new Map(list.map(({ id, score }) => [id, high <= 0 ? 0 : Math.max(0, score) / high]));
}
