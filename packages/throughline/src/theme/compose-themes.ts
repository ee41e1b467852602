/** The rows of a version's themes: kept from the version before where nothing has changed for them, described anew where it has. */
import type { Snapshot } from '@throughline/delta';
import type { Config } from '../config/index.ts';
import { digestOf } from '../lake/canonical.ts';
import type { Lake } from '../lake/lake.ts';
import { describeGroups } from './describe-groups.ts';
import { type Description, describeThemes } from './describe-themes.ts';
import { editedGroups } from './edited-groups.ts';
import { type EditEntry, themesOfEdit } from './edits.ts';
import type { FitMember } from './fit-store.ts';
import type { FreshFit } from './fit-themes.ts';
import { type HeldTheme, heldIds, rowOfHeld } from './frozen.ts';
import { groupsAbove } from './groups.ts';
import type { FoundGroup } from './identity.ts';
import type { LabelReport } from './label/label-themes.ts';
import type { Naming } from './label/naming.ts';
import type { ThemesManifest } from './manifest.ts';
import { namesAskedFor, nameThemes } from './name-themes.ts';
import { isNoise, NOISE } from './noise.ts';
import type { GivenLabel } from './program.ts';
import { readSample, type Sample } from './read-sample.ts';
import { type Replay, splitInto, themeAfter } from './replay-edits.ts';
import type { ThemeRow } from './theme-rows.ts';
import { applyRule, pinnedOr, type ThemeRule } from './theme-rule.ts';

export interface ComposeRequest {
  passages: Snapshot;
  rule: ThemeRule;
  fresh: FreshFit | undefined;
  base: ThemesManifest | undefined;
  /** The table of `base`, by id. */
  baseRows: ReadonlyMap<string, ThemeRow>;
  /** Themes that passages may keep though the fit has not found them. */
  held: readonly HeldTheme[];
  log: readonly EditEntry[];
  sizes: ReadonlyMap<string | null, number>;
  /** Texts that the fit was made of, by hash. */
  members: ReadonlyMap<string, FitMember>;
  settings: Config['themes'];
  /** Without it nobody is asked for names. */
  naming: Naming | undefined;
  /** Milliseconds since 1970 UTC. */
  now: number;
  signal: AbortSignal;
}

export interface Composed {
  rows: ThemeRow[];
  /** What became of the names, where the settings ask for some. */
  names: LabelReport | undefined;
}

const NOTHING: Description = {
  label: 'unnamed',
  keywords: [],
  representatives: [],
  texts: [],
  centroid: undefined,
  sampled: 0,
};
const NO_CONTENT: Description = { ...NOTHING, label: 'no content' };

export async function composeThemes(lake: Lake, request: ComposeRequest): Promise<Composed> {
  const { base, settings, naming, signal } = request;
  const before = rowsBefore(request);
  const asked = namesAskedFor(settings);
  const areNamedAlike =
    base !== undefined && digestOf({ asked }) === digestOf({ asked: namesAskedFor(base.settings) });
  const rows = await composeRows(request, { before, areNamedAlike });
  if (asked === undefined) return { rows, names: undefined };
  const named = await nameThemes(lake, rows, {
    before: areNamedAlike ? before : new Map(),
    renamed: request.rule.replay.labels,
    naming,
    signal,
  });
  return { rows: named.rows, names: named.report };
}

/** What themes were. One that is of the past again was in the table with what had been merged into it, and is what was held of it. */
function rowsBefore({ base, baseRows, held, rule }: ComposeRequest): Map<string, ThemeRow> {
  const wasHeld = new Set(base && heldIds(base));
  const before = new Map(baseRows);
  for (const one of held) {
    const row = before.get(one.id);
    const isPastAgain = wasHeld.has(one.id) && rule.replay.past.has(one.id) && row?.status !== 'faded';
    if (!row || isPastAgain) before.set(one.id, rowOfHeld(one));
  }
  return before;
}

async function composeRows(
  request: ComposeRequest,
  { before, areNamedAlike }: { before: ReadonlyMap<string, ThemeRow>; areNamedAlike: boolean },
): Promise<ThemeRow[]> {
  const { rule, fresh, base, log, sizes, naming, now } = request;
  const { replay, byId, fit } = rule;
  const isSameFit = !fresh && base?.fit === fit.name;
  const touched = isSameFit ? touchedThemes(base, replay, log) : undefined;
  const mayStay = (id: string) =>
    areNamedAlike &&
    (!naming || before.get(id)?.description !== undefined) &&
    touched !== undefined &&
    before.has(id) &&
    !touched.has(id);
  const ids = replay.themes.filter((id) => id !== NOISE);
  const groups = editedGroups(rule);
  const groupStays = ({ id, themes }: FoundGroup) =>
    mayStay(id) && themes.every(mayStay) && themes.length === themesBelow(before, id);
  const isAllKept = ids.every(mayStay) && groups.every(groupStays);
  const described = isAllKept ? new Map<string, Description>() : await describe(request, ids, groups);
  const born = BigInt(Math.round(now)) * 1_000n;
  const above = groupsAbove(groups);
  const parentOf = (id: string) => above.get(id)?.[0] ?? null;
  const groupRows = groups.map((group): ThemeRow => {
    const { id, status, firstSeen } = group;
    const isKept = groupStays(group);
    const about = isKept ? before.get(id)! : (described.get(id) ?? NOTHING);
    return {
      ...{ ...about, id, kind: 'group', parent: parentOf(id), firstSeen },
      description: isKept ? before.get(id)!.description : undefined,
      shownLabel: replay.labels.get(id) ?? about.label,
      ...{ hidden: false, pinned: false, centroid: undefined },
      texts: isKept ? [] : about.texts,
      status: isSameFit && before.has(id) ? 'same' : status,
    };
  });
  const themeRows = replay.themes.flatMap((id): ThemeRow[] => {
    if ((id === NOISE || replay.held.has(id)) && !sizes.has(id)) return [];
    const isPast = replay.past.has(id);
    const old = before.get(id);
    const stays = mayStay(id) || (isPast && old !== undefined);
    const pinned = replay.dissolved.get(id);
    const split = splitInto(replay.steps, id);
    const found = byId.get(id);
    const about = stays ? old! : id === NOISE ? NO_CONTENT : (described.get(id) ?? NOTHING);
    const auto = pinned && about.sampled === 0 ? { ...NOTHING, ...pinned } : about;
    const label = (!stays && textOf(found?.given)) || auto.label;
    const isMerged =
      touched?.has(id) && replay.steps.some((step) => step.kind === 'merge' && step.into === id);
    const fitStatus = isSameFit ? undefined : found?.status;
    return [
      {
        id,
        kind: id === NOISE ? 'noise' : 'theme',
        parent: parentOf(id),
        label,
        description: stays ? old!.description : undefined,
        shownLabel: replay.labels.get(id) ?? label,
        hidden: replay.hidden.has(id),
        pinned: replay.pinned.has(id),
        keywords: auto.keywords,
        representatives: auto.representatives,
        texts: stays ? [] : auto.texts,
        centroid: auto.centroid ?? found?.centroid,
        sampled: auto.sampled,
        status: isPast
          ? 'faded'
          : (fitStatus ?? (!old ? (split ? 'split' : 'born') : isMerged ? 'merged' : 'same')),
        firstSeen:
          found?.firstSeen ??
          pinned?.firstSeen ??
          old?.firstSeen ??
          (split ? BigInt(split.at) * 1_000n : born),
      },
    ];
  });
  return [...themeRows, ...groupRows];
}

/** A name that a program gave; a number is none. */
function textOf(given: GivenLabel | undefined): string | undefined {
  return typeof given === 'string' ? given : undefined;
}

/** How many themes a group had, also in groups within. */
function themesBelow(rows: ReadonlyMap<string, ThemeRow>, group: string): number {
  const isBelow = (row: ThemeRow | undefined): boolean =>
    row?.parent === group || (!!row?.parent && isBelow(rows.get(row.parent)));
  return [...rows.values()].filter((row) => row.kind === 'theme' && isBelow(row)).length;
}

/** Themes that have other passages than in the version before, by the edits of one that the other has not. Undefined: all. */
function touchedThemes(
  base: ThemesManifest,
  replay: Replay,
  log: readonly EditEntry[],
): Set<string> | undefined {
  const dissolved = [...replay.dissolved.keys()].sort();
  if (String(base.replayed?.dissolved) !== String(dissolved)) return undefined;
  const [was, is] = [new Set(base.replayed?.steps), new Set(replay.steps.map(({ number }) => number))];
  const changed = log.filter(({ number }) => was.has(number) !== is.has(number));
  const touched = new Set(changed.flatMap((entry) => (entry.kind === 'undo' ? [] : themesOfEdit(entry))));
  // What a touched theme becomes is touched as well.
  for (const step of replay.steps)
    if (touched.has(step.theme)) for (const id of themesOfEdit(step)) touched.add(id);
  return touched;
}

/** By the sample that the fit was made of, or that the passages have now. Memory: the sample's texts and vectors. */
async function describe(
  request: ComposeRequest,
  ids: readonly string[],
  groups: readonly FoundGroup[],
): Promise<Map<string, Description>> {
  const { sample, themeOf } = await sampleOf(request);
  return new Map([...describeThemes(sample, ids, themeOf), ...describeGroups(sample, groups, themeOf)]);
}

async function sampleOf({
  passages,
  rule,
  fresh,
  members,
}: ComposeRequest): Promise<{ sample: Sample; themeOf: (string | null)[] }> {
  const { fit, replay, phrases } = rule;
  const isWanted = (text: string) => !isNoise(text, phrases);
  const sample = fresh?.sample ?? (await readSample(passages, fit.settings, isWanted));
  const isAllPut = sample.hashes.every((hash) => members.has(hash));
  const found = isAllPut ? [] : (await applyRule(rule, sample.texts, sample.vectors)).found;
  // Those that the fit was made of are where it put them: a version that is made again is the same.
  const themeOf = sample.hashes.map((hash, i) => {
    const vector = sample.vectors.subarray(i * sample.dimension, (i + 1) * sample.dimension);
    const member = members.get(hash);
    const put = member === undefined ? found[i]! : pinnedOr(rule, member.theme, vector);
    return put === null ? null : themeAfter(replay.steps, put, () => vector);
  });
  return { sample, themeOf };
}
