/** What came since the fit, and how much of it is unlike all of its themes. */
import { openTable, type Snapshot, scan } from '@throughline/delta';
import { changedChunks } from '../lake/changed-chunks.ts';
import type { Lake } from '../lake/lake.ts';
import { givenMembers, openFit, type ThemeFit } from './fit-store.ts';
import type { ThemesManifest } from './manifest.ts';
import { NOISE } from './noise.ts';
import type { FitFacts } from './refit-policy.ts';
import { editableOf, replayEdits } from './replay-edits.ts';
import { applyRule, themeRule } from './theme-rule.ts';
import { cosine } from './vectors.ts';

/**
 * Adds the texts of changed chunks that these did not have in the promoted version `base`: a record with another text counts, too. Throws VersionNotFoundError where the log of the
 * passages no longer says which chunks have changed. Memory: hashes of the texts of these chunks.
 */
export async function countSinceFit(
  lake: Lake,
  base: ThemesManifest,
  fit: ThemeFit,
  passages: Snapshot,
): Promise<FitFacts['since']> {
  const since = { passages: 0, far: 0, ...base.sinceFit };
  const changed = await changedChunks(passages, base.passagesVersion);
  if (changed.size === 0) return since;
  const where = [{ column: '_chunk', op: 'in' as const, values: [...changed] }];
  const known = new Set<string>();
  const before = await openTable(passages.root, { version: base.passagesVersion });
  for await (const { columns } of scan(before, { columns: ['_hash'], where }))
    for (const hash of columns._hash as string[]) known.add(hash);
  await using assigner = await openFit(lake, fit);
  const rule = themeRule(fit, replayEdits(editableOf(fit), []), assigner, 0, await givenMembers(lake, fit));
  const columns = ['_hash', '_text', '_embedding'];
  for await (const batch of scan(passages, { columns, where, batchRows: 2_048 })) {
    const vectors = batch.columns._embedding as Float32Array;
    const { found } = await applyRule(rule, batch.columns._text as string[], vectors);
    for (const [i, hash] of (batch.columns._hash as string[]).entries()) {
      const theme = found[i] === NOISE ? undefined : rule.byId.get(found[i] ?? '');
      if (known.has(hash) || !theme) continue;
      known.add(hash);
      since.passages++;
      const vector = vectors.subarray(i * fit.dimension, (i + 1) * fit.dimension);
      if (cosine(vector, theme.centroid) < theme.radius) since.far++;
    }
  }
  return since;
}
