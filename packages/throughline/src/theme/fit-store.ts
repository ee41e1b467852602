/** Fits of a lake: what was found in a sample, and the exemplars that passages are compared with. Versions of the themes share them. */
import { openTable, scan } from '@throughline/delta';
import { type Assigner, type Exemplars, openAssigner, type SoftVote } from '@throughline/themes';
import type { Config } from '../config/index.ts';
import { readJson, replaceJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { FoundGroup, Identity, Lineage } from './identity.ts';
import type { GivenLabel } from './program.ts';
import { exemplarsSchema, fitMembersSchema } from './schemas.ts';
import { decodeVector, encodeVector } from './vectors.ts';
import { type Cell, writeTable } from './write-table.ts';

export interface FoundTheme extends Identity {
  /** What the program of `themes.command` called it. */
  given?: GivenLabel;
  centroid: Float32Array;
  /** Passages of the sample. */
  sampled: number;
  /** Of its passages of the sample, one in twenty has a lower cosine to the centroid of the others. */
  radius: number;
}

export type FitSettings = Pick<
  Config['themes'],
  'method' | 'command' | 'revision' | 'count' | 'sample' | 'stratify' | 'seed' | 'noise' | 'order'
> & {
  /** Digest of `command` with its files. */
  program?: string;
};

export interface ThemeFit {
  name: string;
  build: string;
  passagesVersion: number;
  modelDigest: string;
  settings: FitSettings;
  dimension: number;
  /** Of the whole table when it was made. */
  passages: number;
  /** Milliseconds since 1970 UTC. */
  madeAt: number;
  themes: FoundTheme[];
  /** Larger ones first. */
  groups: FoundGroup[];
  /** How the exemplars vote. */
  vote: SoftVote;
  lineage?: Lineage;
}

function exemplarsRoot(lake: Lake, name: string): string {
  return lakePath(lake.root, 'fits', name, 'exemplars');
}

function membersRoot(lake: Lake, name: string): string {
  return lakePath(lake.root, 'fits', name, 'members');
}

function fitManifestPath(lake: Lake, name: string): string {
  return lakePath(lake.root, 'fits', name, 'manifest.json');
}

export async function readFit(lake: Lake, name: string): Promise<ThemeFit | undefined> {
  const kept = await readJson<KeptFit>(fitManifestPath(lake, name));
  return (
    kept && {
      ...kept,
      themes: kept.themes.map(({ firstSeen, centroid, ...theme }) => ({
        ...theme,
        firstSeen: BigInt(firstSeen),
        centroid: decodeVector(centroid),
      })),
      groups: (kept.groups ?? []).map(({ firstSeen, ...group }) => ({
        ...group,
        firstSeen: BigInt(firstSeen),
      })),
    }
  );
}

interface KeptFit extends Omit<ThemeFit, 'themes' | 'groups'> {
  /** Absent of a time at which themes had no groups. */
  groups?: (Omit<FoundGroup, 'firstSeen'> & { firstSeen: string })[];
  themes: (Omit<FoundTheme, 'firstSeen' | 'centroid'> & { firstSeen: string; centroid: string })[];
}

/** Texts of the sample by their hashes, and the themes that the fit has put them into. */
export interface FitMembers {
  hashes: readonly string[];
  membership: Int32Array;
  /** On the map, n * 2. */
  positions: Float32Array;
}

/** The manifest comes last: a fit without one is incomplete. */
export async function writeFit(
  lake: Lake,
  fit: ThemeFit,
  { exemplars, members }: { exemplars: Exemplars & { positions: Float32Array }; members: FitMembers },
  clock: () => number,
): Promise<void> {
  const { vectors, membership } = exemplars;
  const nameOf = (theme: number) => fit.themes[theme]!.id;
  const rows = Array.from(membership, (theme, i): Cell[] => [
    nameOf(theme),
    vectors.subarray(i * fit.dimension, (i + 1) * fit.dimension),
    ...placeOf(exemplars.positions, i),
  ]);
  await writeTable(exemplarsRoot(lake, fit.name), exemplarsSchema, 'exemplars', rows, clock);
  const put = members.hashes.map((hash, i): Cell[] => [
    nameOf(members.membership[i]!),
    hash,
    ...placeOf(members.positions, i),
  ]);
  await writeTable(membersRoot(lake, fit.name), fitMembersSchema, 'fit_members', put, clock);
  const themes = fit.themes.map(({ firstSeen, centroid, ...theme }) => ({
    ...theme,
    firstSeen: String(firstSeen),
    centroid: encodeVector(centroid),
  }));
  const groups = fit.groups.map((group) => ({ ...group, firstSeen: String(group.firstSeen) }));
  await replaceJson(fitManifestPath(lake, fit.name), { ...fit, themes, groups } satisfies KeptFit);
}

function placeOf(positions: Float32Array, i: number): [number, number] {
  return [positions[i * 2]!, positions[i * 2 + 1]!];
}

export interface FitMember {
  theme: string;
  x: number;
  y: number;
}

/** The texts that the fit was made of, by hash: a record may have another text under the id that it had. Memory: an entry for each. */
export async function readMembers(lake: Lake, name: string): Promise<Map<string, FitMember>> {
  const members = new Map<string, FitMember>();
  for await (const { rows, columns } of scan(await openTable(membersRoot(lake, name)))) {
    const { _hash, _theme } = columns as Record<string, string[]>;
    const { _x, _y } = columns as Record<string, Float32Array>;
    for (let i = 0; i < rows; i++) members.set(_hash![i]!, { theme: _theme![i]!, x: _x![i]!, y: _y![i]! });
  }
  return members;
}

/** Texts whose theme a program has given, by hash: no vote changes it. Undefined for other methods. */
export async function givenMembers(
  lake: Lake,
  { name, settings }: Pick<ThemeFit, 'name' | 'settings'>,
): Promise<ReadonlyMap<string, FitMember> | undefined> {
  return settings.method === 'command' ? readMembers(lake, name) : undefined;
}

/** Undefined where the fit has no themes. Memory: the vectors of the exemplars. */
export async function openFit(lake: Lake, fit: ThemeFit): Promise<Assigner | undefined> {
  if (fit.themes.length === 0) return undefined;
  const numbers = new Map(fit.themes.map(({ id }, i) => [id, i]));
  const parts: Float32Array[] = [];
  const membership: number[] = [];
  const positions: number[] = [];
  for await (const { columns } of scan(await openTable(exemplarsRoot(lake, fit.name)))) {
    parts.push(columns._embedding as Float32Array);
    for (const id of columns._theme as string[]) membership.push(numbers.get(id)!);
    const { _x, _y } = columns as Record<string, Float32Array>;
    for (const [i, x] of _x!.entries()) positions.push(x, _y![i]!);
  }
  const vectors = new Float32Array(membership.length * fit.dimension);
  let at = 0;
  for (const part of parts) {
    vectors.set(part, at);
    at += part.length;
  }
  const fitted = {
    ...{ vectors, membership: Int32Array.from(membership), themes: fit.themes.length },
    ...(fit.settings.method === 'kmeans' && { by: 'distance' as const }),
  };
  return openAssigner({ ...fitted, vote: fit.vote, positions: Float32Array.from(positions) }, fit.dimension);
}
