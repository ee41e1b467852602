/** The themes that are promoted when others are fitted: what these are called after. */
import { openTable, relation, type Snapshot } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import { existingBuild } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { type FitMember, readFit, readMembers } from './fit-store.ts';
import type { FoundGroup } from './identity.ts';
import { readThemesManifest, type ThemesManifest } from './manifest.ts';

export interface PreviousTheme {
  id: string;
  /** Microseconds since 1970 UTC. */
  firstSeen: bigint;
  centroid: Float32Array;
  /** Passages of the sample that it was fitted on. */
  sampled: number;
}

export interface PreviousThemes {
  version: string;
  themes: PreviousTheme[];
  groups: Pick<FoundGroup, 'id' | 'themes' | 'firstSeen'>[];
  /** Passages, and in `column` their themes, as they were found. */
  assignments: Snapshot;
  column: '_found' | '_theme';
  /** Where passages keep themes of earlier fits: the texts that the last one was made of, by hash. */
  members?: ReadonlyMap<string, FitMember>;
  /** Vectors of another model are not comparable. */
  modelDigest: string;
  /** Name of its fit, where that was kept. */
  fit?: string;
}

/** Undefined where there are none yet, or where they are of a time at which themes had no identity. */
export async function previousThemes(lake: Lake): Promise<PreviousThemes | undefined> {
  const { themes: version } = await readCurrent(lake);
  const manifest = version === undefined ? undefined : await readThemesManifest(lake, version);
  if (manifest === undefined) return undefined;
  const assignments = await openTable(lakePath(lake.root, 'assignments', manifest.version));
  const fit = manifest.fit === undefined ? undefined : await readFit(lake, manifest.fit);
  if (fit) {
    const { modelDigest, groups } = fit;
    const themes = [...fit.themes, ...(await dissolvedThemes(lake, manifest))];
    const { version } = manifest;
    const shown = { version, themes, groups, assignments, column: '_found' as const, modelDigest };
    const members = manifest.frozen && (await readMembers(lake, fit.name));
    return { ...shown, fit: fit.name, ...(members && { members }) };
  }
  if (manifest.next === undefined) return undefined;
  const { modelDigest } = (await existingBuild(lake, manifest.build)).info;
  const themes = await readIdentities(lake, manifest);
  return { version: manifest.version, themes, groups: [], assignments, column: '_theme', modelDigest };
}

/** Pinned themes that the fit had not found: they have passages all the same, by which the next fit may find them. */
async function dissolvedThemes(lake: Lake, manifest: ThemesManifest): Promise<PreviousTheme[]> {
  const ids = new Set(manifest.replayed?.dissolved);
  if (ids.size === 0) return [];
  return (await readIdentities(lake, manifest)).filter(({ id }) => ids.has(id));
}

async function readIdentities(lake: Lake, { version }: ThemesManifest): Promise<PreviousTheme[]> {
  await using session = await openSession();
  await using all = await relation(await openTable(lakePath(lake.root, 'themes', version)));
  const rows = await session.query(
    `SELECT id, epoch_us(first_seen) AS first_seen, centroid, sampled FROM ${all.sql} WHERE centroid IS NOT NULL ORDER BY id`,
  );
  return rows.map(({ id, first_seen, centroid, sampled }) => ({
    id: String(id),
    firstSeen: BigInt(first_seen as bigint),
    centroid: Float32Array.from(centroid as number[]),
    sampled: Number(sampled),
  }));
}
