/** The themes that are promoted when others are fitted: what these are called after. */
import { openTable, relation, type Snapshot } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import { existingBuild } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { listThemesManifests, readThemesManifest, type ThemesManifest } from './manifest.ts';

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
  /** Passage and theme. */
  assignments: Snapshot;
  /** Vectors of another model are not comparable. */
  modelDigest: string;
}

/** Undefined where there are none yet, or where they are of a time at which themes had no identity. */
export async function previousThemes(lake: Lake): Promise<PreviousThemes | undefined> {
  const { themes: version } = await readCurrent(lake);
  const manifest = version === undefined ? undefined : await readThemesManifest(lake, version);
  if (manifest?.next === undefined) return undefined;
  return {
    version: manifest.version,
    themes: await readIdentities(lake, manifest),
    assignments: await openTable(lakePath(lake.root, 'assignments', manifest.version)),
    modelDigest: (await existingBuild(lake, manifest.build)).info.modelDigest,
  };
}

async function readIdentities(lake: Lake, { version }: ThemesManifest): Promise<PreviousTheme[]> {
  await using session = await openSession();
  await using all = await relation(await openTable(lakePath(lake.root, 'themes', version)));
  const rows = await session.query(
    `SELECT id, epoch_us(first_seen) AS first_seen, centroid, sampled FROM ${all.sql} ORDER BY id`,
  );
  return rows.map(({ id, first_seen, centroid, sampled }) => ({
    id: String(id),
    firstSeen: BigInt(first_seen as bigint),
    centroid: Float32Array.from(centroid as number[]),
    sampled: Number(sampled),
  }));
}

/** Number of the next theme that is born: no version that is there has given it. */
export async function nextTheme(lake: Lake): Promise<number> {
  const manifests = await listThemesManifests(lake);
  return Math.max(1, ...manifests.map(({ next, themes }) => next ?? themes + 1));
}
