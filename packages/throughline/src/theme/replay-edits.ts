/** What edits make of the themes of a fit. Pure: the same fit and edits give the same themes. */
import type { Edit, Pinned } from './edits.ts';
import type { ThemeFit } from './fit-store.ts';
import { NOISE } from './noise.ts';
import { cosine } from './vectors.ts';

/** A change of a passage's theme, one after the other. */
type Step = Extract<Edit, { kind: 'merge' | 'split' }>;

export interface Replay {
  /** Themes that are there after all edits, found ones in their order, then others in the order of their edits. */
  themes: string[];
  /** Labels that people gave. */
  labels: Map<string, string>;
  hidden: Set<string>;
  pinned: Set<string>;
  /** Pinned themes that the fit has not found. */
  dissolved: Map<string, Pinned>;
  /** Themes that the fit has not found, and that passages of frozen periods may have. */
  held: Set<string>;
  /** Themes that only such passages have: held ones and their parts, unless an edit leads one that is found into them. */
  past: Set<string>;
  /** Why an edit has no effect now, by its number; it has one again when its themes are back. */
  waiting: Map<number, string>;
  steps: Step[];
}

/** What edits speak of. */
export interface Editable {
  /** Ids of the fit's themes. */
  themes: readonly string[];
  /** Ids of themes that the fit has not found, and that passages of frozen periods have; none unless told. */
  held?: readonly string[];
  /** Ids of its groups, which can be renamed. */
  groups: readonly string[];
  /** Parts and pins hold vectors, which another model does not understand. */
  modelDigest: string;
}

export function editableOf(
  { themes, groups, modelDigest }: ThemeFit,
  held: readonly string[] = [],
): Editable {
  const idsOf = (some: readonly { id: string }[]) => some.map(({ id }) => id);
  return { themes: [...idsOf(themes), NOISE], held, groups: idsOf(groups), modelDigest };
}

export function replayEdits(editable: Editable, edits: readonly Edit[]): Replay {
  const { themes: found, modelDigest } = editable;
  const once = replayOver(editable, edits);
  const pins = edits.filter((edit) => edit.kind === 'pin');
  // A pinned part is there as long as its split has an effect.
  const missing = pins.filter(({ theme, modelDigest: by }) => !once.ever.has(theme) && by === modelDigest);
  const dissolved = new Map(missing.map(({ theme, pinned }) => [theme, pinned]));
  const held = (editable.held ?? []).filter((id) => !dissolved.has(id));
  const { ever: _ever, ...replay } = replayOver(
    { ...editable, themes: [...found, ...dissolved.keys(), ...held] },
    edits,
  );
  const current = themesFrom([...found, ...dissolved.keys()], replay.steps);
  const past = new Set(replay.themes.filter((id) => !current.has(id)));
  return { ...replay, dissolved, held: new Set(held), past };
}

function replayOver({ themes: found, groups, modelDigest }: Editable, edits: readonly Edit[]) {
  const themes = new Set(found);
  const ever = new Set(found);
  const waiting = new Map<number, string>();
  const labels = new Map<string, string>();
  const [hidden, pinned] = [new Set<string>(), new Set<string>()];
  const steps: Step[] = [];
  for (const edit of edits) {
    const isOfGroup = edit.kind === 'rename' && groups.includes(edit.theme);
    const reason = isOfGroup ? undefined : whyWaiting(edit, themes, modelDigest);
    if (reason !== undefined) {
      waiting.set(edit.number, reason);
      continue;
    }
    if (edit.kind === 'rename') labels.set(edit.theme, edit.label);
    else if (edit.kind === 'hide') hidden.add(edit.theme);
    else if (edit.kind === 'pin') pinned.add(edit.theme);
    else {
      steps.push(edit);
      themes.delete(edit.theme);
      for (const { id } of edit.kind === 'split' ? edit.parts : []) {
        themes.add(id);
        ever.add(id);
      }
    }
  }
  return { themes: [...themes], ever, waiting, labels, hidden, pinned, steps };
}

function whyWaiting(edit: Edit, themes: ReadonlySet<string>, modelDigest: string): string | undefined {
  const hasVectors = edit.kind === 'split' || edit.kind === 'pin';
  if (hasVectors && edit.modelDigest !== modelDigest) return 'made with another model';
  const missing = [edit.theme, ...(edit.kind === 'merge' ? [edit.into] : [])].filter((id) => !themes.has(id));
  return missing.length === 0 ? undefined : `there is no ${missing.join(' and no ')} now`;
}

/** What steps make of themes: those that their passages may have after all of them. */
function themesFrom(found: readonly string[], steps: readonly Step[]): Set<string> {
  const themes = new Set(found);
  for (const step of steps) {
    if (!themes.delete(step.theme)) continue;
    for (const id of step.kind === 'merge' ? [step.into] : step.parts.map(({ id }) => id)) themes.add(id);
  }
  return themes;
}

/** The split that has made a theme, where one has. */
export function splitInto(steps: readonly Step[], theme: string): Step | undefined {
  return steps.find((step) => step.kind === 'split' && step.parts.some(({ id }) => id === theme));
}

/** The theme of a passage that the fit puts into `found`. `vector` is asked for where only it can tell. */
export function themeAfter(steps: readonly Step[], found: string, vector: () => Float32Array): string {
  let theme = found;
  for (const step of steps) {
    if (step.theme !== theme) continue;
    theme = step.kind === 'merge' ? step.into : nearestPart(step.parts, vector());
  }
  return theme;
}

function nearestPart(parts: Extract<Step, { kind: 'split' }>['parts'], vector: Float32Array): string {
  let [best, most] = [parts[0]!.id, Number.NEGATIVE_INFINITY];
  for (const { id, centroid } of parts) {
    const likeness = cosine(vector, centroid);
    if (likeness > most) [best, most] = [id, likeness];
  }
  return best;
}

/** Found themes of which only a passage's vector tells what becomes of it. */
export function needVectors(steps: readonly Step[], found: readonly string[]): Set<string> {
  return new Set(found.filter((id) => isSplit(steps, id)));
}

function isSplit(steps: readonly Step[], found: string): boolean {
  let theme = found;
  for (const step of steps) {
    if (step.theme !== theme) continue;
    if (step.kind === 'split') return true;
    theme = step.into;
  }
  return false;
}

/**
 * What a fit found, before any step: a dissolved pinned theme takes the passages that are nearer to it than to the centroid of the
 * theme that their neighbours vote for. Noise stays noise.
 */
export function withPins(
  found: string,
  vector: Float32Array,
  { dissolved, centroidOf }: { dissolved: Replay['dissolved']; centroidOf: (id: string) => Float32Array },
): string {
  if (dissolved.size === 0 || found === NOISE) return found;
  let [best, most] = [found, cosine(vector, centroidOf(found))];
  for (const [id, { centroid }] of dissolved) {
    const likeness = cosine(vector, centroid);
    if (likeness > most) [best, most] = [id, likeness];
  }
  return best;
}
