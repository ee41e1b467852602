/**
 * Which theme of a fit is which of the version before: it keeps its id, whatever its number in the fit. Read off the passages of the
 * sample that both versions have.
 */
import { type Snapshot, scan } from '@throughline/delta';
import { type Flow, type Match, type MatchedTheme, matchThemes } from '@throughline/themes';
import type { PreviousThemes } from './previous.ts';

export interface Identity {
  id: string;
  status: MatchedTheme['status'];
  /** Microseconds since 1970 UTC. */
  firstSeen: bigint;
}

/** What became of a theme, or where it comes from. */
export interface Descent {
  id: string;
  status: MatchedTheme['status'];
  /** Themes of the other version, by the passages of the sample that they share. */
  shares: { id: string; passages: number; ofThis: number; ofOther: number }[];
}

/** The evidence: themes of the version before, and what they have become. */
export interface Lineage {
  previous: string;
  before: Descent[];
  after: Descent[];
}

export interface Fitted {
  /** Passage ids of the sample, and their themes. */
  ids: readonly string[];
  membership: Int32Array;
  themes: number;
  /** Row-major. */
  centroids: Float32Array;
  dimension: number;
  modelDigest: string;
}

export interface Identified {
  /** By number of the fit. */
  themes: Identity[];
  /** Number of the next theme that is born. */
  next: number;
  lineage?: Lineage;
}

/** `first`: number of the next theme that is born. `now` in microseconds since 1970 UTC. Memory: one entry for each passage of the sample. */
export async function identify(
  fitted: Fitted,
  previous: PreviousThemes | undefined,
  { first, now }: { first: number; now: bigint },
): Promise<Identified> {
  let next = first;
  const born = (): Identity => ({ id: themeId(next++), status: 'born', firstSeen: now });
  if (!previous) return { themes: Array.from({ length: fitted.themes }, born), next };
  const match = await matchWith(fitted, previous);
  const themes = match.after.map(({ status, is }): Identity => {
    const { id, firstSeen } = is === undefined ? born() : previous.themes[is]!;
    return { id, status, firstSeen };
  });
  return { themes, next, lineage: lineageOf(match, previous, themes) };
}

/** Numbers have three digits at least, so that ids are in the order of their births. */
function themeId(number: number): string {
  return `t${String(number).padStart(3, '0')}`;
}

async function matchWith(fitted: Fitted, previous: PreviousThemes): Promise<Match> {
  const { membership, themes, centroids, dimension, modelDigest } = fitted;
  const flows = await flowsOf(fitted, previous);
  const isComparable = modelDigest === previous.modelDigest && themes > 0;
  return matchThemes(flows, {
    before: previous.themes.map(({ sampled }) => sampled),
    after: memberCounts(membership, themes),
    ...(isComparable && {
      centroids: {
        before: Float32Array.from(previous.themes.flatMap(({ centroid }) => [...centroid])),
        ...{ after: centroids, dimension },
      },
    }),
  });
}

/** Passages of the sample in each theme. */
export function memberCounts(membership: Int32Array, themes: number): number[] {
  const counts = new Array<number>(themes).fill(0);
  for (const theme of membership) counts[theme]!++;
  return counts;
}

async function flowsOf(
  { ids, membership }: Fitted,
  { themes, assignments }: PreviousThemes,
): Promise<Flow[]> {
  const before = new Map(themes.map(({ id }, number) => [id, number]));
  const after = new Map(ids.map((id, i) => [id, membership[i]!]));
  const flows: Flow[] = [];
  for await (const { passage, theme } of passagesOf(assignments)) {
    const to = after.get(passage);
    const from = before.get(theme);
    if (to === undefined || from === undefined) continue;
    flows.push({ before: from, after: to, items: 1 });
    // A record that is in two chunks has its passages in both.
    after.delete(passage);
  }
  return flows;
}

async function* passagesOf(assignments: Snapshot) {
  for await (const { rows, columns } of scan(assignments, { columns: ['_passage', '_theme'] })) {
    const { _passage, _theme } = columns as Record<string, string[]>;
    for (let i = 0; i < rows; i++) yield { passage: _passage![i]!, theme: _theme![i]! };
  }
}

function lineageOf(
  { before, after }: Match,
  { version, themes }: PreviousThemes,
  now: readonly Identity[],
): Lineage {
  const descents = (
    matched: readonly MatchedTheme[],
    own: readonly { id: string }[],
    other: readonly { id: string }[],
  ) =>
    matched.map(
      ({ status, shares }, number): Descent => ({
        id: own[number]!.id,
        status,
        shares: shares.map(({ theme, items, ofThis, ofOther }) => ({
          id: other[theme]!.id,
          passages: items,
          ofThis,
          ofOther,
        })),
      }),
    );
  return { previous: version, before: descents(before, themes, now), after: descents(after, now, themes) };
}
