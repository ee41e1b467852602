import { EXIT, ThroughlineError } from '../../error.ts';
import { embedAll, type ModelSpec, openEmbedder } from '../../model/index.ts';

/** Vectors of phrases, as questions have them: they look for passages. Throws where the passages were embedded by another model. */
export async function embedPhrases(
  phrases: readonly string[],
  spec: ModelSpec,
  modelDigest: string,
): Promise<Float32Array> {
  if (phrases.length === 0) return new Float32Array(0);
  await using embedder = await openEmbedder({ ...spec, threads: 1 });
  if (embedder.info.digest !== modelDigest)
    throw new ThroughlineError('the passages were embedded by another model than that of the config', {
      code: 'model_changed',
      exitCode: EXIT.config,
      hint: 'Embed them again: throughline run',
    });
  return await embedAll(embedder, [...phrases], { kind: 'query' });
}
