import { bySize, communityCount } from './partition.ts';

/**
 * Coarser groupings of themes, from coarse to fine, each a group for every theme: a theme belongs to the group that most of its members
 * are in (ties: the lower one), and so does, level by level, a group to that of the level above. So groups are nested, every theme has
 * one parent, and a level with no fewer groups than the next finer one is left out. `levels` are labellings of the same items, from coarse
 * to fine.
 */
export function hierarchy(levels: readonly Int32Array[], membership: Int32Array): Int32Array[] {
  const themes = communityCount(membership);
  const found: Int32Array[] = [];
  /** Group of each theme at the level below. */
  let finer: Int32Array = Int32Array.from({ length: themes }, (_, theme) => theme);
  for (const level of [...levels].reverse()) {
    const groups = majority(
      membership.map((theme) => finer[theme]!),
      level,
    );
    const coarser = bySize(finer.map((group) => groups[group]!));
    if (communityCount(coarser) >= communityCount(finer)) continue;
    found.unshift(coarser);
    finer = coarser;
  }
  return found;
}

/** The parent of each theme: the finest of the groupings with at most half as many groups, or null without one. */
export function parentsOf(groupings: readonly Int32Array[]): Int32Array | null {
  const themes = groupings[0]?.length ?? 0;
  return groupings.findLast((groups) => communityCount(groups) <= themes / 2) ?? null;
}

/** For each part the community that most of its items are in. */
function majority(parts: Int32Array, communities: Int32Array): Int32Array {
  const most = communityCount(communities);
  const counts = Array.from({ length: communityCount(parts) }, () => new Int32Array(most));
  for (const [item, part] of parts.entries()) counts[part]![communities[item]!]!++;
  return Int32Array.from(counts, (row) => row.indexOf(row.reduce((a, b) => Math.max(a, b), 0)));
}
