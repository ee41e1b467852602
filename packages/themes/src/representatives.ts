import { dot } from './dot.ts';
import { unitVectors } from './unit-vectors.ts';

export interface RepresentativeOptions {
  /** Members to pick from each theme; 3 by default. */
  perTheme?: number;
}

/** Only the most central members stand for a theme. */
const CENTRAL_MEMBERS = 50;
/** Weight of being central against being unlike those already picked (Carbonell and Goldstein 1998). */
const CENTRALITY = 0.7;
/** Texts with such a cosine are the same but for a name or a date. */
const NEARLY_IDENTICAL = 0.97;

/**
 * For each theme the members that show what it is about: the most central one, then central ones unlike those before.
 * Never two nearly identical ones, so a theme of copies has one. Ties go to the lower index.
 */
export function representatives(
  vectors: Float32Array,
  dimension: number,
  membership: Int32Array,
  centroids: Float32Array,
  { perTheme = 3 }: RepresentativeOptions = {},
): Int32Array[] {
  const unit = unitVectors(vectors, dimension);
  const members = membersOf(membership, centroids.length / dimension);
  return members.map((items, theme) => {
    const centre = (item: number) => dot(unit, item, centroids, theme, dimension);
    const central = items
      .map((item) => ({ item, centrality: centre(item) }))
      .sort((a, b) => b.centrality - a.centrality || a.item - b.item)
      .slice(0, CENTRAL_MEMBERS);
    return pick(central, perTheme, (a, b) => dot(unit, a, unit, b, dimension));
  });
}

interface Candidate {
  item: number;
  centrality: number;
}

function pick(central: Candidate[], count: number, similarity: (a: number, b: number) => number): Int32Array {
  const picked: number[] = [];
  const likeness = new Map<number, number>();
  while (picked.length < count) {
    let best: Candidate | undefined;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (const candidate of central) {
      const like = likeness.get(candidate.item) ?? 0;
      const value = CENTRALITY * candidate.centrality - (1 - CENTRALITY) * like;
      if (like >= NEARLY_IDENTICAL || picked.includes(candidate.item) || value <= bestValue) continue;
      best = candidate;
      bestValue = value;
    }
    if (!best) break;
    picked.push(best.item);
    for (const { item } of central) {
      likeness.set(item, Math.max(likeness.get(item) ?? 0, similarity(item, best.item)));
    }
  }
  return Int32Array.from(picked);
}

function membersOf(membership: Int32Array, themes: number): number[][] {
  const members = Array.from({ length: themes }, (): number[] => []);
  for (const [item, theme] of membership.entries()) members[theme]!.push(item);
  return members;
}
