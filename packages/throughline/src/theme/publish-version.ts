/** A version of the themes: what a fit found, what people made of it, and the theme of every passage and record. */
import { openTable, type Snapshot, VersionNotFoundError } from '@throughline/delta';
import type { Config } from '../config/index.ts';
import { digestOf } from '../lake/canonical.ts';
import { changedChunks } from '../lake/changed-chunks.ts';
import { replaceJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { assignPassages, type KeptAssignments } from './assign-passages.ts';
import { composeThemes } from './compose-themes.ts';
import { type EditEntry, standingEdits } from './edits.ts';
import { openFit, readMembers, type ThemeFit } from './fit-store.ts';
import type { FreshFit } from './fit-themes.ts';
import {
  canBeKept,
  chunksWithoutAssignment,
  frozenBefore,
  type HeldTheme,
  heldThemes,
  stillHeld,
} from './frozen.ts';
import type { Naming } from './label/naming.ts';
import { readThemesManifest, type ThemesManifest, themesManifestPath } from './manifest.ts';
import { namesAskedFor } from './name-themes.ts';
import { writeRecordThemes } from './record-themes.ts';
import type { FitDecision } from './refit-policy.ts';
import { editableOf, type Replay, replayEdits } from './replay-edits.ts';
import { themesSchema } from './schemas.ts';
import { cellsOf, readThemeRows, sizesWithGroups, type ThemeRow } from './theme-rows.ts';
import { themeRule } from './theme-rule.ts';
import { writeTable } from './write-table.ts';

export interface VersionRequest {
  passages: Snapshot;
  build: string;
  fit: ThemeFit;
  /** What the fit was made of, where it was made just now. */
  fresh: FreshFit | undefined;
  /** The version that is promoted, if it was made with a fit that is kept. */
  base: ThemesManifest | undefined;
  log: readonly EditEntry[];
  /** The version of the topics that stand beside the themes, where a taxonomy is given. */
  topics: string | undefined;
  settings: Config['themes'];
  /** Without it themes keep the names that they have, or their keywords. */
  naming?: Naming | undefined;
  decision: FitDecision;
  sinceFit: { passages: number; far: number };
  clock: () => number;
  signal: AbortSignal;
}

export function versionName({ build, passages, fit, log, topics, settings }: VersionRequest): string {
  const { minScore } = settings;
  const names = namesAskedFor(settings);
  const shape = digestOf({ fit: fit.name, edits: log.length, minScore, topics, ...(names && { names }) });
  return `${build}-v${passages.version}-${shape.slice(0, 8)}`;
}

/** Writes the tables, and the manifest last, unless the version is there. Throws ConcurrentModificationError where another process writes it. */
export async function publishVersion(lake: Lake, request: VersionRequest): Promise<ThemesManifest> {
  const version = versionName(request);
  const there = await readThemesManifest(lake, version);
  if (there) return there;
  const { passages, build, fit, fresh, base, log, settings, decision, sinceFit, clock, signal } = request;
  const started = clock();
  const baseRows = base ? await readThemeRows(lake, base.version) : new Map<string, ThemeRow>();
  const held = base ? await heldThemes(lake, { base, baseRows, fit, settings, build, passages }) : [];
  const replay = replayEdits(
    editableOf(
      fit,
      held.map(({ id }) => id),
    ),
    standingEdits(log),
  );
  const root = (table: string) => lakePath(lake.root, table, version);
  await using assigner = await openFit(lake, fit);
  const members = await readMembers(lake, fit.name);
  const given = fit.settings.method === 'command' ? members : undefined;
  const rule = themeRule(fit, replay, assigner, settings.minScore, given);
  const kept = base && (await keptOf(lake, base, request, replay));
  const assigning = { root: root('assignments'), members, passages, rule, kept, clock, signal };
  const { sizes, found } = await assignPassages(assigning);
  await writeRecordThemes(root('record_themes'), root('assignments'), clock);
  const { naming } = request;
  const composing = {
    passages,
    rule,
    fresh,
    base,
    baseRows,
    held,
    log,
    sizes,
    members,
    settings,
    naming,
    now: clock(),
    signal,
  };
  const { rows, names } = await composeThemes(lake, composing);
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const sized = sizesWithGroups(rows, sizes);
  const cells = rows.map((row) => cellsOf(row, sized.get(row.id) ?? 0, total));
  await writeTable(root('themes'), themesSchema, 'themes', cells, clock);
  const heldNow = stillHeld(held, { found, steps: replay.steps });
  const manifest: ThemesManifest = {
    ...{ version, build, passagesVersion: passages.version, settings, fit: fit.name, decision, sinceFit },
    themes: rows.filter(({ kind }) => kind === 'theme').length,
    edits: log.length,
    ...(names && { names }),
    replayed: replayedOf(replay),
    ...frozenNow(kept, base, heldNow),
    ...(request.topics !== undefined && { topics: request.topics }),
    ...previousOf(request),
    madeAt: clock(),
    seconds: (clock() - started) / 1000,
  };
  await replaceJson(themesManifestPath(lake, version), manifest);
  return manifest;
}

function frozenNow(
  kept: KeptAssignments | undefined,
  base: ThemesManifest | undefined,
  held: HeldTheme[],
): Pick<ThemesManifest, 'frozen'> {
  const before = kept?.before ?? (kept && base?.frozen?.before);
  return before === undefined ? {} : { frozen: { before: String(before), held } };
}

function previousOf({ base, fit, fresh }: VersionRequest): Pick<ThemesManifest, 'previous' | 'lineage'> {
  const lineage = fresh?.fit.lineage ?? (base?.fit === fit.name ? undefined : fit.lineage);
  const previous = base?.version ?? lineage?.previous;
  return { ...(previous !== undefined && { previous }), ...(lineage && { lineage }) };
}

function replayedOf({ steps, dissolved }: Replay): NonNullable<ThemesManifest['replayed']> {
  return { steps: steps.map(({ number }) => number), dissolved: [...dissolved.keys()].sort() };
}

/** Undefined where every passage has to be assigned: by another fit without a freeze, other tables, or a theme that a pin brings back. */
async function keptOf(
  lake: Lake,
  base: ThemesManifest,
  { fit, build, passages, settings }: VersionRequest,
  replay: Replay,
): Promise<KeptAssignments | undefined> {
  const replayed = replayedOf(replay);
  if (!canBeKept(base, { build, passages })) return undefined;
  const isSame = base.fit === fit.name && String(base.replayed?.dissolved) === String(replayed.dissolved);
  const before = isSame ? undefined : frozenBefore(settings, base, fit);
  if (!isSame && before === undefined) return undefined;
  const isReplayedAnew =
    String(base.replayed?.steps) !== String(replayed.steps) || base.settings.minScore !== settings.minScore;
  const assignments = await openTable(lakePath(lake.root, 'assignments', base.version));
  const kept = { assignments, isReplayedAnew, ...(before !== undefined && { before }) };
  try {
    return { ...kept, changed: await changedChunks(passages, base.passagesVersion) };
  } catch (error) {
    if (!(error instanceof VersionNotFoundError)) throw error;
    if (before === undefined) return undefined;
    // Which texts have changed is not known any more, only which are new: what is frozen stays as it is.
    return { ...kept, changed: await chunksWithoutAssignment(passages, assignments, before) };
  }
}
