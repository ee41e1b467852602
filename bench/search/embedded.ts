/** Vectors of texts, computed once and kept. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbedder } from '../../packages/throughline/src/model/index.ts';
import { CACHE } from '../collections.ts';

export const MODEL = { model: 'minilm' } as const;
export const WIDTH = 384;
const AT_ONCE = 1_000;

/** Row i (`WIDTH` numbers) is of text i. */
export async function embedded(texts: readonly string[]): Promise<Float32Array> {
  await using model = await openEmbedder({ ...MODEL, threads: 2 });
  const name = createHash('sha256').update(model.info.digest).update(JSON.stringify(texts)).digest('hex');
  const path = join(CACHE, 'vectors', `${name}.f32`);
  const kept = await readFile(path).catch(() => undefined);
  if (kept) return new Float32Array(kept.buffer, kept.byteOffset, kept.byteLength / 4);
  const vectors = new Float32Array(texts.length * WIDTH);
  for (let at = 0; at < texts.length; at += AT_ONCE) {
    vectors.set((await model.embed(texts.slice(at, at + AT_ONCE))).vectors, at * WIDTH);
    if (at % (10 * AT_ONCE) === 0) console.error(`search: ${at} of ${texts.length} texts embedded`);
  }
  await mkdir(join(CACHE, 'vectors'), { recursive: true });
  await writeFile(`${path}.new`, vectors);
  await rename(`${path}.new`, path);
  return vectors;
}
