import { type Description, describeThemes } from './describe-themes.ts';
import { groupsAbove, type ThemeGroup } from './groups.ts';
import type { Sample } from './read-sample.ts';

/**
 * What each group is about, against what stands beside it: groups of one depth, and themes that are in none there. `groups` with larger
 * ones first; `themeOf`: the theme of each passage of the sample, null where it has none.
 */
export function describeGroups(
  sample: Sample,
  groups: readonly ThemeGroup[],
  themeOf: readonly (string | null)[],
): Map<string, Description> {
  const above = groupsAbove(groups);
  const depthOf = (id: string) => above.get(id)?.length ?? 0;
  const described = new Map<string, Description>();
  for (let depth = 0; groups.some(({ id }) => depthOf(id) === depth); depth++) {
    // From the top: the group of this depth that a theme is in, or the theme.
    const standing = themeOf.map((theme) => theme && (above.get(theme)?.toReversed()[depth] ?? theme));
    const beside = [...new Set(standing)].filter((id) => id !== null).sort();
    const found = describeThemes(sample, beside, standing);
    for (const { id } of groups)
      if (depthOf(id) === depth && found.has(id)) described.set(id, found.get(id)!);
  }
  return described;
}
