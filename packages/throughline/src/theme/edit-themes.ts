/** Edits of themes: checked against what is promoted, kept in the log, and published at once without a fit. */
import { openTable } from '@throughline/delta';
import { EXIT, ThroughlineError } from '../error.ts';
import { existingBuild } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { appendEdit, readEditLog } from './edit-log.ts';
import { type EditAction, type EditEntry, standingEdits } from './edits.ts';
import { heldIds } from './frozen.ts';
import { NOISE } from './noise.ts';
import { themesMissing } from './open-themes.ts';
import { pinnedOf } from './pin-theme.ts';
import { published } from './published.ts';
import { type Base, promotedBase, promoteThemes } from './refresh.ts';
import { editableOf, replayEdits } from './replay-edits.ts';
import { partsOf } from './split-theme.ts';
import { unknownTheme } from './unknown-theme.ts';

export type ThemeEditRequest =
  | { kind: 'rename'; theme: string; label: string }
  | { kind: 'merge'; theme: string; into: string }
  /** `parts`: how many; found automatically unless told. */
  | { kind: 'split'; theme: string; parts?: number | undefined }
  | { kind: 'pin'; theme: string }
  | { kind: 'hide'; theme: string }
  | { kind: 'undo'; undoes: number };

export interface EditEffects {
  author: string;
  clock: () => number;
  signal: AbortSignal;
}

export interface EditedThemes {
  /** Number of the edit. */
  edit: number;
  /** The version that is promoted with it. */
  version: string;
  /** Of a split: the new themes. */
  parts: string[];
}

/**
 * Throws with exit code 66 where there are no themes, 64 for a theme or an edit that is not there, and 75 where the themes of a new build are
 * still to be made.
 */
export async function editThemes(
  lake: Lake,
  request: ThemeEditRequest,
  effects: EditEffects,
): Promise<EditedThemes> {
  const { manifest } = await existingBase(lake);
  if ((await readCurrent(lake)).build !== manifest.build) throw themesPending('Nothing was changed.');
  const entry = await appendEdit(lake, (log) => actionOf(lake, request, log, effects), effects);
  const version = await publishEdits(lake, effects);
  return {
    edit: entry.number,
    version,
    parts: entry.kind === 'split' ? entry.parts.map(({ id }) => id) : [],
  };
}

async function actionOf(
  lake: Lake,
  request: ThemeEditRequest,
  log: readonly EditEntry[],
  effects: EditEffects,
): Promise<EditAction | { kind: 'undo'; undoes: number }> {
  if (request.kind === 'undo') return checkedUndo(request.undoes, log);
  const base = await existingBase(lake);
  const { modelDigest } = base.fit;
  const editable = editableOf(base.fit, heldIds(base.manifest));
  const replay = replayEdits(editable, standingEdits(log));
  const { kind, theme } = request;
  for (const id of kind === 'merge' ? [theme, request.into] : [theme]) {
    if (editable.groups.includes(id)) {
      if (kind === 'rename') continue;
      throw usage(`${id} is a group of themes, which can be renamed; edit its themes`);
    }
    if (!replay.themes.includes(id)) throw unknownTheme(id, [...replay.themes, ...editable.groups]);
  }
  if (theme === NOISE && kind !== 'rename' && kind !== 'hide')
    throw usage(
      `${NOISE} cannot be ${kind === 'merge' ? 'merged into another theme' : kind === 'pin' ? 'pinned' : 'split'}`,
    );
  if (kind === 'merge' && theme === request.into) throw usage('a theme cannot be merged into itself');
  if (kind === 'rename' && request.label.trim() === '') throw usage('a label has to say something');
  if (kind === 'rename') return { ...request, label: request.label.trim() };
  if (kind === 'pin') return { kind, theme, modelDigest, pinned: await pinnedOf(lake, base, theme) };
  if (kind !== 'split') return request;
  const parts = await partsOf(lake, { base, replay, theme, count: request.parts ?? 'auto' }, effects.signal);
  return { kind, theme, modelDigest, parts };
}

function checkedUndo(undoes: number, log: readonly EditEntry[]): { kind: 'undo'; undoes: number } {
  if (!log.some((entry) => entry.number === undoes && entry.kind !== 'undo'))
    throw usage(`there is no edit ${undoes}`);
  if (!standingEdits(log).some(({ number }) => number === undoes))
    throw usage(`the edit ${undoes} is undone already`);
  return { kind: 'undo', undoes };
}

async function existingBase(lake: Lake): Promise<Base> {
  const base = await promotedBase(lake);
  if (base) return base;
  if ((await readCurrent(lake)).themes === undefined) throw themesMissing(lake);
  throw new ThroughlineError('the themes were made before they could be edited', {
    code: 'themes_old',
    exitCode: EXIT.noInput,
    hint: 'Make them anew, with the ids that they have: throughline themes fit',
  });
}

/** Promotes a version with all edits of the log; that which another process promotes meanwhile counts as well. */
async function publishEdits(lake: Lake, { clock, signal }: EditEffects): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    const base = await existingBase(lake);
    const { manifest, fit } = base;
    const log = await readEditLog(lake);
    if (manifest.edits === log.length) return manifest.version;
    const { tables } = await existingBuild(lake, manifest.build);
    const passages = await openTable(tables.passages.root, { version: manifest.passagesVersion });
    const { build, settings, topics, sinceFit = { passages: 0, far: 0 } } = manifest;
    const why = `edit ${log.at(-1)!.number}`;
    const decision = { refit: false, reason: 'edited' as const, why };
    const made = { passages, build, fit, fresh: undefined, topics };
    const shared = { ...made, base: manifest, log, settings, sinceFit };
    const edited = await published(lake, { ...shared, decision, clock, signal });
    if ((await readCurrent(lake)).themes !== manifest.version) continue;
    if (!(await promoteThemes(lake, edited, clock)))
      throw themesPending('The edit is kept, and has its effect then.');
  }
}

function themesPending(consequence: string): ThroughlineError {
  return new ThroughlineError('another build is promoted, and its themes are not made yet', {
    code: 'themes_pending',
    exitCode: EXIT.tryAgain,
    hint: `A run makes them: throughline run. ${consequence}`,
  });
}

function usage(message: string): ThroughlineError {
  return new ThroughlineError(message, {
    code: 'edit_refused',
    exitCode: EXIT.usage,
    hint: 'See the edits: throughline themes edits',
  });
}
