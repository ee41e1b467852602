/** What was there when a run was made besides its settings and its source: model, code, machine. */
import { EXIT, ThroughlineError } from '../error.ts';
import type { ModelInfo } from '../model/index.ts';
import { packageVersions, type RunEntry } from '../run/index.ts';

/** Throws with exit code 78 where the model is another: its vectors are then others, too. */
export async function modelChanged({ run, manifest }: RunEntry, model: ModelInfo): Promise<void> {
  const { id, digest } = manifest.model as { id: string; digest: string };
  if (digest === model.digest) return;
  const other = await changedVersions(manifest.versions);
  throw new ThroughlineError(
    `the model is not the one of ${run}: ${model.id} ${model.digest.slice(0, 12)}, and it was ${id} ${digest.slice(0, 12)}`,
    {
      code: 'model_changed',
      exitCode: EXIT.config,
      hint:
        other.length === 0
          ? 'Put the files of the model back, or name the same revision.'
          : `A part of it is what computes: ${other.join(', ')}. Install what it was, or put the files of the model back.`,
    },
  );
}

/** What differs and need not matter. */
export async function circumstances({ manifest }: RunEntry): Promise<string[]> {
  const notes = await changedVersions(manifest.versions);
  const platform = `${process.platform}-${process.arch}`;
  if (manifest.platform !== platform) notes.push(`platform: it was ${manifest.platform}, and is ${platform}`);
  return notes;
}

async function changedVersions(recorded: unknown): Promise<string[]> {
  const before = (recorded ?? {}) as Record<string, string>;
  const now = await packageVersions();
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name}: it was ${before[name] ?? 'not there'}, and is ${now[name] ?? 'not there'}`);
}
