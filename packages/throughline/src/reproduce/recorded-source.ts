/** Whether the source is the one that a run has read. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { doneEvents } from '../chunk/ledger.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Build } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import { isRemote } from '../lake/lake-path.ts';
import { publishedChunks } from '../lake/publish.ts';
import type { RunEntry } from '../run/index.ts';
import { findRemote } from '../source/remote-files.ts';

const SHOWN = 5;
/** The digest of no rows, which a chunk has that was emptied. */
const EMPTY = '0:0';

/** Looks at names and sizes, before anything is read. Throws with exit code 66 and the file that is missing or of another size. */
export async function checkFiles({ run, manifest }: RunEntry, directory: string): Promise<void> {
  const files = (manifest.files ?? []) as { name: string; bytes: number }[];
  const faults: string[] = [];
  for (const { name, bytes } of files) {
    const now = await sizeOf(name, directory);
    if (now === undefined) faults.push(`${name} is missing`);
    else if (now !== bytes) faults.push(`${name} has ${now} bytes, and had ${bytes}`);
  }
  if (faults.length > 0) throw otherSource(run, faults);
}

async function sizeOf(name: string, directory: string): Promise<number | undefined> {
  try {
    if (isRemote(name)) return (await findRemote(name))[0]!.bytes;
    return (await stat(resolve(directory, name))).size;
  } catch {
    return undefined;
  }
}

/** The digest of the source rows of each chunk, as they were published in these versions of the tables. */
export async function chunkDigests(lake: Lake, build: Build): Promise<Map<string, string>> {
  const attempts = publishedChunks(lake.pipeline.id, build);
  const events = await doneEvents(lake, build.info.digest);
  return new Map(
    events
      .filter(({ chunk, attempt }) => attempts.get(chunk) === attempt)
      .map((one) => [one.chunk, one.digest]),
  );
}

/** Throws with exit code 66 and the chunks whose rows are others, though the files look the same. */
export function checkChunks(
  run: string,
  recorded: ReadonlyMap<string, string>,
  again: ReadonlyMap<string, string>,
): void {
  const faults: string[] = [];
  const digestIn = (side: ReadonlyMap<string, string>, chunk: string) => side.get(chunk) ?? EMPTY;
  for (const chunk of new Set([...recorded.keys(), ...again.keys()])) {
    const [before, now] = [digestIn(recorded, chunk), digestIn(again, chunk)];
    if (before !== now) faults.push(`${chunk} has ${now === EMPTY ? 'no' : 'other'} rows`);
  }
  if (faults.length > 0) throw otherSource(run, faults);
}

function otherSource(run: string, faults: readonly string[]): ThroughlineError {
  const more = faults.length > SHOWN ? `, and ${faults.length - SHOWN} more` : '';
  return new ThroughlineError(
    `the source is not the one that ${run} has read: ${faults.slice(0, SHOWN).join(', ')}${more}`,
    {
      code: 'source_changed',
      exitCode: EXIT.noInput,
      hint: 'Put the files back as they were. What was made of them is in the tables, at their versions: throughline lake history',
    },
  );
}
