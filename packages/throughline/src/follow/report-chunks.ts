/** What streams have put into chunks, told to the ledger: for status, plans and freshness, which look there. */
import { type ChunkEvent, type Clock, type Ledger, report } from '../chunk/ledger.ts';
import type { Build } from '../lake/build.ts';
import { rowsOfChunks } from '../lake/rows-of-chunks.ts';

/** What a source that is read as a whole never has: whoever reads one does such a chunk again. */
export const STREAM_DIGEST = 'stream';

/**
 * A report for each of `chunks`, with what the tables hold of it by their logs. Its attempt is the version of the passages table:
 * above all of before, and never that of a publication as a whole.
 */
export async function reportChunks(
  ledger: Ledger,
  { tables }: Build,
  chunks: ReadonlySet<string>,
  by: { owner: string; run: string; clock: Clock },
): Promise<Ledger> {
  if (chunks.size === 0) return ledger;
  const [records, passages, deadLetters] = await Promise.all(
    [tables.records, tables.passages, tables.dead_letters].map(rowsOfChunks),
  );
  const { owner, run, clock } = by;
  const events = [...chunks].map((chunk): ChunkEvent => {
    const held = { records: records!.get(chunk) ?? 0, passages: passages!.get(chunk) ?? 0 };
    const dead = deadLetters!.get(chunk) ?? 0;
    return {
      ...{
        chunk,
        attempt: tables.passages.version,
        event: 'done',
        owner,
        run,
        at: clock.now(),
        digest: STREAM_DIGEST,
      },
      ...{ ...held, deadLetters: dead, rows: held.records + dead },
    };
  });
  return await report(ledger, events, clock);
}
