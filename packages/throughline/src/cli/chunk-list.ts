import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { EXIT, ThroughlineError } from '../error.ts';

/** Ids of chunks from a file, or from standard input where it is `-`. Throws with exit code 64 for what is no JSON array of ids. */
export async function readChunkList(file: string): Promise<string[]> {
  const list = parsed(file === '-' ? await text(process.stdin) : await readFile(file, 'utf8'));
  if (Array.isArray(list) && list.every((id) => typeof id === 'string')) return list;
  throw new ThroughlineError('--chunk-list has to be a JSON array of ids of chunks', {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: 'throughline plan --groups 1 prints one: in each group, "chunks"',
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
