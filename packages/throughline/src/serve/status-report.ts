import type { LakeStatus } from '../run/status.ts';

/** What is promoted, and how many chunks are in which state. */
export function shownStatus({ promoted, states, counts }: LakeStatus) {
  const { build = null, index = null, themes = null } = promoted;
  return { build, index, themes, states, counts };
}
