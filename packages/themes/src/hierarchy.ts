import { bySize, communityCount } from './partition.ts';

/**
 * Coarser groupings of themes, from coarse to fine, each a group for every theme: a theme belongs to the group that most of its members
 * are in (ties: the lower one), and so does, level by level, a group to that of the level above. So groups are nested. A level is
 * taken where it has at most half as many groups as what is below it, and two at least: others tell nothing new. `levels` are labellings
 * of the same items, from coarse to fine.
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
    const count = communityCount(coarser);
    if (count < 2 || count > communityCount(finer) / 2) continue;
    found.unshift(coarser);
    finer = coarser;
  }
  return found;
}

/** For each part the community that most of its items are in. */
function majority(parts: Int32Array, communities: Int32Array): Int32Array {
  const most = communityCount(communities);
  const counts = Array.from({ length: communityCount(parts) }, () => new Int32Array(most));
  for (const [item, part] of parts.entries()) counts[part]![communities[item]!]!++;
  return Int32Array.from(counts, (row) => row.indexOf(row.reduce((a, b) => Math.max(a, b), 0)));
}
