import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, ThroughlineError } from '../error.ts';
import { isThere } from '../is-there.ts';
import type { Candidate } from './synth/candidates.ts';

const FILES = ['queries.jsonl', 'qrels.tsv', 'README.md'] as const;

/** Throws with exit code 73 if one of the files is there: judgements that somebody has worked on are not overwritten. */
export async function refuseOverwriting(folder: string): Promise<void> {
  for (const name of FILES) {
    const path = join(folder, name);
    if (!(await isThere(path))) continue;
    throw new ThroughlineError(`${path} is there already`, {
      code: 'file_exists',
      exitCode: EXIT.cannotWrite,
      hint: 'Name another folder, or remove the files.',
    });
  }
}

/** Writes the files of a set of judgements. An id is the digest of its query: it stays when the set grows. */
export async function writeJudgements(folder: string, queries: readonly Candidate[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = queries.map(({ text, recordIds }) => ({ id: idOf(text), text, recordIds }));
  const [texts, qrels] = FILES;
  await writeFile(
    join(folder, texts),
    lines.map(({ id, text }) => `${JSON.stringify({ _id: id, text })}\n`).join(''),
  );
  const judged = lines.flatMap(({ id, recordIds }) => recordIds.map((record) => `${id}\t${record}\t1\n`));
  await writeFile(join(folder, qrels), `query-id\tcorpus-id\tscore\n${judged.join('')}`);
}

function idOf(query: string): string {
  return createHash('sha256').update(query.toLowerCase()).digest('hex').slice(0, 12);
}
