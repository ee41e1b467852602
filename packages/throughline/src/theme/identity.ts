/**
 * Which theme of a fit is which of the version before: it keeps its id, whatever its number in the fit. Read off the passages of the
 * sample that both versions have.
 */
import { type Snapshot, scan } from '@throughline/delta';
import { type Flow, type Match, type MatchedTheme, matchThemes } from '@throughline/themes';
import { themeId } from './numbers.ts';
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
  lineage?: Lineage;
}

export interface Births {
  /** Gives the first of so many numbers in a row that no theme has. */
  claim: (born: number) => Promise<number>;
  /** Microseconds since 1970 UTC. */
  now: bigint;
}

/** Memory: one entry for each passage of the sample. */
export async function identify(
  fitted: Fitted,
  previous: PreviousThemes | undefined,
  { claim, now }: Births,
): Promise<Identified> {
  const match = previous && (await matchWith(fitted, previous));
  const bornCount = match ? match.after.filter(({ is }) => is === undefined).length : fitted.themes;
  let next = bornCount === 0 ? 0 : await claim(bornCount);
  const born = (): Identity => ({ id: themeId(next++), status: 'born', firstSeen: now });
  if (!previous || !match) return { themes: Array.from({ length: fitted.themes }, born) };
  const themes = match.after.map(({ status, is }): Identity => {
    if (is === undefined) return { ...born(), status };
    const { id, firstSeen } = previous.themes[is]!;
    return { id, status, firstSeen };
  });
  return { themes, lineage: lineageOf(match, previous, themes) };
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
  { themes, assignments, column }: PreviousThemes,
): Promise<Flow[]> {
  const before = new Map(themes.map(({ id }, number) => [id, number]));
  const after = new Map(ids.map((id, i) => [id, membership[i]!]));
  const flows: Flow[] = [];
  for await (const { passage, theme } of passagesOf(assignments, column)) {
    const to = after.get(passage);
    const from = before.get(theme);
    if (to === undefined || from === undefined) continue;
    flows.push({ before: from, after: to, items: 1 });
    // A record that is in two chunks has its passages in both.
    after.delete(passage);
  }
  return flows;
}

async function* passagesOf(assignments: Snapshot, column: PreviousThemes['column']) {
  for await (const { rows, columns } of scan(assignments, { columns: ['_passage', column] })) {
    const { _passage, [column]: themes } = columns as Record<string, string[]>;
    for (let i = 0; i < rows; i++) yield { passage: _passage![i]!, theme: themes![i]! };
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
