/**
 * Groups of themes: the coarser levels of a fit. Two groups have no theme in common, or one lies within the other; a group has two themes
 * at least. Pure.
 */
import type { Flow } from '@throughline/themes';

/** `themes`: of the group and of the groups within it. */
export interface ThemeGroup {
  id: string;
  themes: readonly string[];
}

/**
 * Sets of themes, by number, larger ones first. `levels` from coarse to fine: for each theme its group (`groups` of a fit). What is alike on two
 * levels is one group, and a group of one theme is none.
 */
export function groupsOfLevels(levels: readonly Int32Array[]): number[][] {
  const distinct = new Map<string, number[]>();
  for (const level of levels) {
    const groups = Map.groupBy(level.keys(), (theme) => level[theme]!);
    for (const themes of groups.values()) if (themes.length > 1) distinct.set(themes.join(), themes);
  }
  return [...distinct.values()].sort((a, b) => b.length - a.length || a[0]! - b[0]!);
}

/** What becomes of a group's themes: a theme is merged into another, or replaced by its parts. */
export interface GroupStep {
  theme: string;
  parts: readonly string[];
}

/** The groups that are left, larger ones first: of two that have become alike the first. */
export function groupsAfter<T extends ThemeGroup>(groups: readonly T[], steps: readonly GroupStep[]): T[] {
  const changed = groups.map((group) => {
    const themes = new Set(group.themes);
    for (const { theme, parts } of steps)
      if (themes.delete(theme)) for (const part of parts) themes.add(part);
    return { ...group, themes: [...themes] };
  });
  const distinct = new Map<string, T>();
  for (const group of changed) {
    const key = group.themes.toSorted().join();
    if (group.themes.length > 1 && !distinct.has(key)) distinct.set(key, group);
  }
  return [...distinct.values()].sort((a, b) => b.themes.length - a.themes.length || (a.id < b.id ? -1 : 1));
}

/** Groups that each group and theme lies in, the nearest first; nothing of those in none. `groups` with larger ones first. */
export function groupsAbove(groups: readonly ThemeGroup[]): Map<string, string[]> {
  const above = new Map<string, string[]>();
  for (const [i, { id, themes }] of groups.entries()) {
    const below = [
      ...themes,
      ...groups.slice(i + 1).flatMap((other) => (isWithin(other, themes) ? [other.id] : [])),
    ];
    for (const one of below) above.set(one, [id, ...(above.get(one) ?? [])]);
  }
  return above;
}

function isWithin(group: ThemeGroup, themes: readonly string[]): boolean {
  return themes.includes(group.themes[0]!);
}

/** Groups that have more than half of their items in common are one: for a group now, which it was. Groups are sets of theme numbers. */
export function matchGroups(
  flows: readonly Flow[],
  before: readonly (readonly number[])[],
  after: readonly (readonly number[])[],
): Map<number, number> {
  const count = (wanted: (flow: Flow) => boolean) =>
    flows.reduce((sum, flow) => sum + (wanted(flow) ? flow.items : 0), 0);
  const likeness = (old: ReadonlySet<number>, young: ReadonlySet<number>) => {
    const either = count((flow) => old.has(flow.before) || young.has(flow.after));
    return either === 0 ? 0 : count((flow) => old.has(flow.before) && young.has(flow.after)) / either;
  };
  const [olds, youngs] = [before, after].map((groups) => groups.map((themes) => new Set(themes)));
  const pairs = youngs!.flatMap((young, is) =>
    olds!.map((old, was) => ({ is, was, alike: likeness(old, young) })),
  );
  const matched = new Map<number, number>();
  const taken = new Set<number>();
  for (const { is, was, alike } of pairs.sort((a, b) => b.alike - a.alike || a.is - b.is || a.was - b.was)) {
    if (alike <= 0.5) break;
    if (matched.has(is) || taken.has(was)) continue;
    matched.set(is, was);
    taken.add(was);
  }
  return matched;
}
