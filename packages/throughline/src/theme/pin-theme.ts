import { EXIT, ThroughlineError } from '../error.ts';
import type { Lake } from '../lake/lake.ts';
import type { Pinned } from './edits.ts';
import type { Base } from './refresh.ts';
import { readThemeRows } from './theme-rows.ts';

/** What is kept of a promoted theme. */
export async function pinnedOf(lake: Lake, { manifest }: Base, theme: string): Promise<Pinned> {
  const row = (await readThemeRows(lake, manifest.version)).get(theme);
  if (row?.centroid === undefined)
    throw new ThroughlineError(`${theme} has no passage in the sample by which it could be known again`, {
      code: 'edit_refused',
      exitCode: EXIT.usage,
      hint: 'A larger themes.sample has more of them.',
    });
  const { label, keywords, firstSeen, centroid } = row;
  return { label, keywords, firstSeen, centroid };
}
