/** What a fit leaves as it was: passages of periods that were over when it was made keep the themes that they had. */
import { relation, type Snapshot } from '@throughline/delta';
import { parseWindow, windowOf } from '../chunk/window.ts';
import type { Config } from '../config/index.ts';
import { openSession } from '../engine/local/session.ts';
import type { Lake } from '../lake/lake.ts';
import { themesOfEdit } from './edits.ts';
import { type FoundTheme, readFit, type ThemeFit } from './fit-store.ts';
import type { ThemesManifest } from './manifest.ts';
import type { Replay } from './replay-edits.ts';
import type { ThemeRow } from './theme-rows.ts';
import { decodeVector, encodeVector } from './vectors.ts';

/** Of a version. */
export interface Frozen {
  /** Microseconds since 1970 UTC, as text: passages of a time before it were not assigned by the fit. */
  before: string;
  /** Themes that the fit has not found, and that such passages have. */
  held: HeldTheme[];
}

/**
 * What it was when the fit did not find it any more: an edit may take it out of the table, and its undoing brings it back, but for passages that stand
 * for it: what names passages is in tables alone, where a record that is forgotten is looked for.
 */
export interface HeldTheme {
  id: string;
  label: string;
  description?: string;
  keywords: string[];
  /** Microseconds since 1970 UTC, as text. */
  firstSeen: string;
  /** As `encodeVector` gives it. */
  centroid?: string;
  sampled: number;
}

export function heldOf({ id, description, centroid, firstSeen, ...row }: ThemeRow): HeldTheme {
  const { label, keywords, sampled } = row;
  return {
    ...{ id, label, keywords, sampled, firstSeen: String(firstSeen) },
    ...(description !== undefined && { description }),
    ...(centroid && { centroid: encodeVector(centroid) }),
  };
}

export function rowOfHeld({ description, centroid, firstSeen, ...held }: HeldTheme): ThemeRow {
  return {
    ...{ ...held, description, kind: 'theme', parent: null, shownLabel: held.label, status: 'faded' },
    ...{ hidden: false, pinned: false, representatives: [], texts: [], firstSeen: BigInt(firstSeen) },
    centroid: centroid === undefined ? undefined : decodeVector(centroid),
  };
}

/** Ids of the themes that a version holds. */
export function heldIds({ frozen }: Pick<ThemesManifest, 'frozen'>): string[] {
  return (frozen?.held ?? []).map(({ id }) => id);
}

type FreezeSettings = Pick<Config['themes'], 'freeze'>;

/**
 * Up to when passages keep what they have: the start of the period that the fit was made in, in microseconds since 1970 UTC. Of the same fit what
 * was frozen stays so. Undefined where nothing is frozen.
 */
export function frozenBefore(
  { freeze }: FreezeSettings,
  base: Pick<ThemesManifest, 'fit' | 'frozen'>,
  { name, madeAt }: Pick<ThemeFit, 'name' | 'madeAt'>,
): bigint | undefined {
  if (base.fit === name) return base.frozen && BigInt(base.frozen.before);
  if (freeze === undefined) return undefined;
  const { from } = windowOf(BigInt(Math.round(madeAt)) * 1_000n, parseWindow(freeze), 'UTC');
  return BigInt(Date.parse(`${from}T00:00:00Z`)) * 1_000n;
}

interface Tables {
  build: string;
  passages: Pick<Snapshot, 'version'>;
}

/** Whether passages may keep what a version says of them: it is of the same build, and of none that came later. */
export function canBeKept(
  version: Pick<ThemesManifest, 'build' | 'passagesVersion'>,
  { build, passages }: Tables,
): boolean {
  return version.build === build && version.passagesVersion <= passages.version;
}

interface HeldRequest extends Tables {
  /** The version that is promoted. */
  base: ThemesManifest;
  /** Its table, by id. */
  baseRows: ReadonlyMap<string, ThemeRow>;
  fit: ThemeFit;
  settings: FreezeSettings;
}

/** Themes that passages may keep though the fit has not found them, by their ids: what is held already stays what it was. */
export async function heldThemes(lake: Lake, request: HeldRequest): Promise<HeldTheme[]> {
  const { base, baseRows, fit, settings } = request;
  if (!canBeKept(base, request)) return [];
  const held = base.frozen?.held ?? [];
  if (base.fit === fit.name) return held;
  if (settings.freeze === undefined || base.fit === undefined) return [];
  const before = await readFit(lake, base.fit);
  const dissolved = base.replayed?.dissolved ?? [];
  const last = [...dissolved.map(nothingOf), ...(before?.themes.map(foundOf) ?? [])].map((one) => {
    const row = baseRows.get(one.id);
    return row ? heldOf(row) : one;
  });
  const byId = new Map([...last, ...held].map((one) => [one.id, one]));
  for (const { id } of fit.themes) byId.delete(id);
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Of `held`, what has to be known as long as it is of use: themes that passages have, and those that an edit speaks of, which would wait without
 * them.
 */
export function stillHeld(
  held: readonly HeldTheme[],
  { found, steps }: { found: ReadonlySet<string>; steps: Replay['steps'] },
): HeldTheme[] {
  const edited = new Set(steps.flatMap(themesOfEdit));
  return held.filter(({ id }) => found.has(id) || edited.has(id));
}

/** Chunks with passages of a time before (microseconds since 1970 UTC) that have no assignment. Bounded by the number of chunks. */
export async function chunksWithoutAssignment(
  passages: Snapshot,
  assignments: Snapshot,
  before: bigint,
): Promise<Set<string>> {
  await using session = await openSession();
  await using texts = await relation(passages);
  await using old = await relation(assignments);
  const rows = await session.query(
    `SELECT DISTINCT _chunk FROM ${texts.sql} ANTI JOIN ${old.sql} USING (_chunk, _passage) WHERE epoch_us(_at) < ${before}`,
  );
  return new Set(rows.map(({ _chunk }) => _chunk as string));
}

/** Of a theme that has no row, since somebody has merged or split it. */
function foundOf({ id, firstSeen, centroid, sampled, given }: FoundTheme): HeldTheme {
  const label = typeof given === 'string' ? given : UNNAMED;
  return {
    ...{ ...nothingOf(id), label, firstSeen: String(firstSeen), sampled },
    centroid: encodeVector(centroid),
  };
}

function nothingOf(id: string): HeldTheme {
  return { id, label: UNNAMED, keywords: [], firstSeen: '0', sampled: 0 };
}

const UNNAMED = 'unnamed';

/** Condition on rows of passages that the fit of a version has assigned. */
export function assignedByFit({ frozen }: Pick<ThemesManifest, 'frozen'>, rows: string): string {
  return frozen ? `(${rows}._at IS NULL OR epoch_us(${rows}._at) >= ${BigInt(frozen.before)})` : 'true';
}
