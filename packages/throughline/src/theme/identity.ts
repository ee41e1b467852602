/**
 * Which theme of a fit is which of the version before: it keeps its id, whatever its number in the fit. Read off the passages of the
 * sample that both versions have.
 */
import { type Snapshot, scan } from '@throughline/delta';
import { type Flow, type Match, type MatchedTheme, matchThemes } from '@throughline/themes';
import { matchGroups } from './groups.ts';
import { groupId, themeId } from './numbers.ts';
import type { PreviousThemes } from './previous.ts';

export interface Identity {
  id: string;
  status: MatchedTheme['status'];
  /** Microseconds since 1970 UTC. */
  firstSeen: bigint;
}

/** A group of themes that a fit has found. */
export interface FoundGroup {
  id: string;
  /** Ids of its themes, also of those that are in groups within. */
  themes: string[];
  status: 'same' | 'born';
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
  /** Passage ids of the sample, hashes of their texts, and their themes. */
  ids: readonly string[];
  hashes: readonly string[];
  membership: Int32Array;
  themes: number;
  /** Themes of each group, by number. */
  groups: readonly (readonly number[])[];
  /** Row-major. */
  centroids: Float32Array;
  dimension: number;
  modelDigest: string;
}

export interface Identified {
  /** By number of the fit. */
  themes: Identity[];
  groups: FoundGroup[];
  lineage?: Lineage;
}

export interface Births {
  /** Gives the first of so many numbers in a row that no theme and no group has. */
  claim: (born: number, what: 'themes' | 'groups') => Promise<number>;
  /** Microseconds since 1970 UTC. */
  now: bigint;
}

/** Memory: one entry for each passage of the sample. */
export async function identify(
  fitted: Fitted,
  previous: PreviousThemes | undefined,
  births: Births,
): Promise<Identified> {
  const flows = previous ? await flowsOf(fitted, previous) : [];
  const match = previous && matchWith(flows, fitted, previous);
  const themes = await nameThemes(match, fitted, previous, births);
  const groups = await nameGroups(flows, fitted, themes, previous, births);
  return { themes, groups, ...(match && previous && { lineage: lineageOf(match, previous, themes) }) };
}

async function nameThemes(
  match: Match | undefined,
  fitted: Fitted,
  previous: PreviousThemes | undefined,
  { claim, now }: Births,
): Promise<Identity[]> {
  const bornCount = match ? match.after.filter(({ is }) => is === undefined).length : fitted.themes;
  let next = bornCount === 0 ? 0 : await claim(bornCount, 'themes');
  const born = (): Identity => ({ id: themeId(next++), status: 'born', firstSeen: now });
  if (!previous || !match) return Array.from({ length: fitted.themes }, born);
  return match.after.map(({ status, is }): Identity => {
    if (is === undefined) return { ...born(), status };
    const { id, firstSeen } = previous.themes[is]!;
    return { id, status, firstSeen };
  });
}

async function nameGroups(
  flows: readonly Flow[],
  { groups }: Fitted,
  themes: readonly Identity[],
  previous: PreviousThemes | undefined,
  { claim, now }: Births,
): Promise<FoundGroup[]> {
  const numbers = new Map(previous?.themes.map(({ id }, number) => [id, number]));
  const before = (previous?.groups ?? []).map((group) => group.themes.map((id) => numbers.get(id)!));
  const was = matchGroups(flows, before, groups);
  const bornCount = groups.length - was.size;
  let next = bornCount === 0 ? 0 : await claim(bornCount, 'groups');
  return groups.map((members, number): FoundGroup => {
    const ids = members.map((theme) => themes[theme]!.id);
    const old = was.has(number) ? previous!.groups[was.get(number)!] : undefined;
    if (old) return { id: old.id, themes: ids, status: 'same', firstSeen: old.firstSeen };
    return { id: groupId(next++), themes: ids, status: 'born', firstSeen: now };
  });
}

function matchWith(flows: readonly Flow[], fitted: Fitted, previous: PreviousThemes): Match {
  const { membership, themes, centroids, dimension, modelDigest } = fitted;
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
  { ids, hashes, membership }: Fitted,
  { themes, assignments, column, members }: PreviousThemes,
): Promise<Flow[]> {
  const before = new Map(themes.map(({ id }, number) => [id, number]));
  const after = new Map((members ? hashes : ids).map((item, i) => [item, membership[i]!]));
  const flows = new Map<string, Flow>();
  // What is frozen has themes of earlier fits, in which the parts of a theme that was split since are one.
  for await (const { item, theme } of members ? textsOf(members) : passagesOf(assignments, column)) {
    const to = after.get(item);
    const from = before.get(theme);
    if (to === undefined || from === undefined) continue;
    const key = `${from} ${to}`;
    const flow = flows.get(key) ?? { before: from, after: to, items: 0 };
    flows.set(key, { ...flow, items: flow.items + 1 });
    // A record that is in two chunks has its passages in both.
    after.delete(item);
  }
  return [...flows.values()];
}

function* textsOf(members: NonNullable<PreviousThemes['members']>) {
  for (const [item, { theme }] of members) yield { item, theme };
}

async function* passagesOf(assignments: Snapshot, column: PreviousThemes['column']) {
  for await (const { rows, columns } of scan(assignments, { columns: ['_passage', column] })) {
    const { _passage, [column]: themes } = columns as Record<string, string[]>;
    for (let i = 0; i < rows; i++) yield { item: _passage![i]!, theme: themes![i]! };
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
