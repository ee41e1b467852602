/** How passages get the promoted themes, for checks of it. */
import { openTable, relation, type Snapshot } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { readEditLog } from './edit-log.ts';
import { standingEdits } from './edits.ts';
import { givenMembers, openFit, readFit, readMembers, type ThemeFit } from './fit-store.ts';
import { assignedByFit, heldIds } from './frozen.ts';
import { readThemesManifest, type ThemesManifest } from './manifest.ts';
import { editableOf, replayEdits } from './replay-edits.ts';
import { applyRule, themeRule } from './theme-rule.ts';

export interface PromotedRule {
  assignments: Snapshot;
  /** Condition on rows `p` of passages: those that were assigned so. */
  where: string;
  /** The theme of one passage by itself, null where it has none. */
  themeOf(text: string, vector: Float32Array): Promise<string | null>;
}

/** Undefined where there are no themes. Memory: the exemplars of the fit. */
export async function promotedRule(lake: Lake): Promise<PromotedRule | undefined> {
  const promoted = await promotedFit(lake);
  if (promoted === undefined) return undefined;
  const { manifest, fit, assignments } = promoted;
  const log = (await readEditLog(lake)).slice(0, manifest.edits);
  const replay = replayEdits(editableOf(fit, heldIds(manifest)), standingEdits(log));
  const given = await givenMembers(lake, fit);
  const rule = themeRule(fit, replay, await openFit(lake, fit), manifest.settings.minScore, given);
  return {
    assignments,
    where: assignedByFit(manifest, 'p'),
    themeOf: async (text, vector) => (await applyRule(rule, [text], vector)).theme[0]!,
  };
}

/** How often a theme of the fit meets one of the assignment, in passages whose text the fit was made of. */
export interface FitAgainstAssignment {
  cells: { a: string | null; b: string | null; count: number }[];
}

/** Undefined where there are no themes. Memory: an entry for each text of the fit's sample. */
export async function fitAgainstAssignment(
  lake: Lake,
  passages: Snapshot,
): Promise<FitAgainstAssignment | undefined> {
  const promoted = await promotedFit(lake);
  if (promoted === undefined) return undefined;
  const members = await readMembers(lake, promoted.fit.name);
  await using session = await openSession();
  await using assigned = await relation(promoted.assignments);
  await using texts = await relation(passages);
  const counts = new Map<string, { a: string | null; b: string | null; count: number }>();
  for await (const rows of session.stream(
    `SELECT p._hash, a._found FROM ${assigned.sql} AS a JOIN ${texts.sql} AS p USING (_passage) WHERE ${assignedByFit(promoted.manifest, 'p')}`,
  ))
    for (const [hash, found] of rows as [string, string | null][]) {
      const fitted = members.get(hash)?.theme;
      if (fitted === undefined) continue;
      const key = `${fitted} ${found}`;
      const cell = counts.get(key) ?? { a: fitted, b: found, count: 0 };
      cell.count++;
      counts.set(key, cell);
    }
  return { cells: [...counts.values()] };
}

async function promotedFit(
  lake: Lake,
): Promise<{ manifest: ThemesManifest; fit: ThemeFit; assignments: Snapshot } | undefined> {
  const { themes } = await readCurrent(lake);
  const manifest = themes === undefined ? undefined : await readThemesManifest(lake, themes);
  const fit = manifest?.fit === undefined ? undefined : await readFit(lake, manifest.fit);
  if (!manifest || !fit) return undefined;
  return {
    manifest,
    fit,
    assignments: await openTable(lakePath(lake.root, 'assignments', manifest.version)),
  };
}
