import { extname } from 'node:path';
import { quoteLiteral } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { isThere } from '../is-there.ts';
import { type DeadLetterFilter, deadLetterRelation } from '../lake/dead-letters.ts';
import type { Lake } from '../lake/lake.ts';

const FORMATS: Record<string, string> = {
  '.parquet': 'FORMAT parquet',
  '.csv': 'FORMAT csv, HEADER',
  '.jsonl': 'FORMAT json',
};

/**
 * Writes the dead letters that fit to a new file, by its ending as Parquet, CSV or JSON Lines; resolves to how many there
 * are. Rows stream. Throws with exit code 64 for another ending, 73 for a file that is there.
 */
export async function exportDeadLetters(lake: Lake, path: string, filter: DeadLetterFilter): Promise<number> {
  const format = FORMATS[extname(path).toLowerCase()];
  if (format === undefined) {
    throw new ThroughlineError(`${path}: the ending says the format, and this one is unknown`, {
      code: 'usage',
      exitCode: EXIT.usage,
      hint: `Name a file that ends in ${Object.keys(FORMATS).join(', ')}.`,
    });
  }
  if (await isThere(path)) {
    throw new ThroughlineError(`${path} is there already`, {
      code: 'file_exists',
      exitCode: EXIT.cannotWrite,
      hint: 'Name another file, or remove this one.',
    });
  }
  const rows = await deadLetterRelation(lake, filter);
  try {
    await using session = await openSession();
    const [written] = await session.query(`COPY ${rows.sql} TO ${quoteLiteral(path)} (${format})`);
    return Number(written!.Count);
  } finally {
    await rows.close();
  }
}
