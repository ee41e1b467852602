/** Questions with their vectors, written once for every engine that is asked them. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WIDTH } from './embedded.ts';

export interface Questions {
  texts: string[];
  vectorOf(i: number): Float32Array;
}

export async function writeQuestions(
  folder: string,
  texts: readonly string[],
  vectors: Float32Array,
): Promise<void> {
  await writeFile(join(folder, 'questions.json'), JSON.stringify(texts));
  await writeFile(join(folder, 'questions.f32'), vectors);
}

export async function readQuestions(folder: string): Promise<Questions> {
  const texts = JSON.parse(await readFile(join(folder, 'questions.json'), 'utf8')) as string[];
  const bytes = await readFile(join(folder, 'questions.f32'));
  const vectors = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return { texts, vectorOf: (i) => vectors.slice(i * WIDTH, (i + 1) * WIDTH) };
}
