/** The parts of a theme: its passages of the sample, fitted by themselves. */
import { randomUUID } from 'node:crypto';
import { openTable } from '@throughline/delta';
import { fit, gatherRows } from '@throughline/themes';
import { EXIT, ThroughlineError } from '../error.ts';
import { existingBuild } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import type { Part } from './edits.ts';
import { givenMembers, openFit } from './fit-store.ts';
import { isNoise } from './noise.ts';
import { claimNumbers, themeId } from './numbers.ts';
import { readSample } from './read-sample.ts';
import type { Base } from './refresh.ts';
import type { Replay } from './replay-edits.ts';
import { applyRule, themeRule } from './theme-rule.ts';

export interface SplitRequest {
  base: Base;
  replay: Replay;
  theme: string;
  count: 'auto' | number;
}

/** Neighbours in the graph: 25 are most of a small theme, which then looks like one lump. */
const neighboursOf = (members: number) => Math.min(25, Math.max(3, Math.ceil(Math.sqrt(members))));

/**
 * Two parts or more, the largest first; the same sample gives the same ones but for their ids. Throws with exit code 65 where it has
 * fewer. Memory: the sample.
 */
export async function partsOf(
  lake: Lake,
  { base, replay, theme, count }: SplitRequest,
  signal: AbortSignal,
): Promise<Part[]> {
  const vectors = await membersOf(lake, base, replay, theme);
  signal.throwIfAborted();
  const { dimension, settings } = base.fit;
  const members = vectors.length / dimension;
  const options = { seed: settings.seed, k: neighboursOf(members) };
  const fitted = members < 2 ? undefined : await fit(vectors, dimension, { ...options, count });
  const enough =
    fitted && fitted.themes < 2 && count === 'auto'
      ? await fit(vectors, dimension, { ...options, count: 2 })
      : fitted;
  if (!enough || enough.themes < 2)
    throw new ThroughlineError(`${theme} has no parts: ${members} of its passages are in the sample`, {
      code: 'theme_whole',
      exitCode: EXIT.badData,
      hint: 'A larger themes.sample sees more of a small theme; --parts asks for a number of parts.',
    });
  const first = await claimNumbers(lake, enough.themes, `split ${randomUUID()}`);
  return Array.from({ length: enough.themes }, (_, part) => ({
    id: themeId(first + part),
    centroid: enough.centroids.slice(part * dimension, (part + 1) * dimension),
  }));
}

async function membersOf(
  lake: Lake,
  { manifest, fit: of }: Base,
  replay: Replay,
  theme: string,
): Promise<Float32Array> {
  const { tables } = await existingBuild(lake, manifest.build);
  const passages = await openTable(tables.passages.root, { version: manifest.passagesVersion });
  await using assigner = await openFit(lake, of);
  const rule = themeRule(of, replay, assigner, 0, await givenMembers(lake, of));
  const sample = await readSample(passages, of.settings, (text) => !isNoise(text, rule.phrases));
  const { theme: themes } = await applyRule(rule, sample.texts, sample.vectors);
  const rows = [...themes.keys()].filter((i) => themes[i] === theme);
  return gatherRows(sample.vectors, sample.dimension, rows);
}
