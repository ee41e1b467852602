/** What changed between two runs, and what it did to their figures: of what both have recorded. */
import type { RunEntry } from './manifest.ts';

export interface Change {
  /** Such as `settings.split.maxTokens`. */
  what: string;
  /** Undefined where a run does not have it. */
  before: unknown;
  after: unknown;
}

export interface RunsDiff {
  before: string;
  after: string;
  /** Settings, code, model, data, machine. */
  causes: Change[];
  /** Counts, measures, cost and time. */
  figures: Change[];
}

/** Parts of a manifest that are not results. */
const CAUSES = ['settings', 'model', 'versions', 'git', 'files', 'options', 'platform', 'host'];
/** Of results: names that every run has another of. */
const NOT_FIGURES = new Set(['runId', 'vanished', 'failures', 'unmet']);

export function diffRuns(before: RunEntry, after: RunEntry): RunsDiff {
  const causesOf = ({ manifest }: RunEntry) =>
    Object.fromEntries(CAUSES.map((name) => [name, manifest[name]]));
  return {
    before: before.run,
    after: after.run,
    causes: changes(flat(causesOf(before)), flat(causesOf(after))),
    figures: changes(figuresOf(before), figuresOf(after)),
  };
}

function figuresOf({ manifest, status }: RunEntry): Map<string, unknown> {
  const result = (manifest.result ?? {}) as Record<string, unknown>;
  const figures = Object.entries(result).filter(([name]) => !NOT_FIGURES.has(name));
  return flat({ status, stages: manifest.stages, ...Object.fromEntries(figures) });
}

function changes(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): Change[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .map((what) => ({ what, before: before.get(what), after: after.get(what) }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
}

/** Leaves by their path. Lists are named by their places, or by the `name` of what is in them. */
function flat(value: unknown, path = '', into = new Map<string, unknown>()): Map<string, unknown> {
  if (value === null || typeof value !== 'object') {
    if (value !== undefined) into.set(path, value);
    return into;
  }
  const entries = Array.isArray(value)
    ? value.map((one, i) => [(one as { name?: string } | null)?.name ?? String(i), one] as const)
    : Object.entries(value);
  for (const [name, inner] of entries) flat(inner, path === '' ? name : `${path}.${name}`, into);
  return into;
}
