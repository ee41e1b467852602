/** What streams have put into chunks, told to the ledger: for status, plans and freshness, which look there. */
import { type ChunkEvent, type ChunkState, type Clock, type Ledger, report } from '../chunk/ledger.ts';
import type { Build } from '../lake/build.ts';
import { rowsOfChunks } from '../lake/rows-of-chunks.ts';

/** What a source that is read as a whole never has: whoever reads one does such a chunk again. */
export const STREAM_DIGEST = 'stream';

/**
 * A report for each of `chunks`, and for those that are not as the ledger has them, because a stream was cut off before it could tell: with what
 * the tables hold of it by their logs. Its attempt is the version of the passages table, or that of what was told before where that is higher: of equal ones the later counts.
 */
export async function reportChunks(
  ledger: Ledger,
  { tables }: Build,
  chunks: ReadonlySet<string>,
  by: { owner: string; run: string; clock: Clock },
): Promise<Ledger> {
  const [records, passages, deadLetters] = await Promise.all(
    [tables.records, tables.passages, tables.dead_letters].map(rowsOfChunks),
  );
  const heldOf = (chunk: string): Held => ({
    records: records!.get(chunk) ?? 0,
    passages: passages!.get(chunk) ?? 0,
    deadLetters: deadLetters!.get(chunk) ?? 0,
  });
  const known = [records!, passages!, deadLetters!, ledger.states].flatMap((all) => [...all.keys()]);
  const told = new Set([
    ...chunks,
    ...known.filter((chunk) => isUntold(ledger.states.get(chunk), heldOf(chunk))),
  ]);
  if (told.size === 0) return ledger;
  const { owner, run, clock } = by;
  const events = [...told].map((chunk): ChunkEvent => {
    const held = heldOf(chunk);
    const rows = held.records + held.deadLetters;
    const { attempt: before = 0, at: last = 0 } = ledger.states.get(chunk)?.done ?? {};
    const attempt = Math.max(tables.passages.version, before);
    // The clock of whoever told before may have been ahead.
    const at = attempt === before ? Math.max(clock.now(), last + 1) : clock.now();
    return {
      ...{ chunk, attempt, event: 'done', owner, run, at, digest: STREAM_DIGEST },
      ...{ ...held, rows },
    };
  });
  return await report(ledger, events, clock);
}

interface Held {
  records: number;
  passages: number;
  deadLetters: number;
}

/** Whoever publishes a chunk as a whole claims it before, and tells it after: of a chunk whose last try ended well, what the ledger does not know is a stream's. */
function isUntold(state: ChunkState | undefined, held: Held): boolean {
  if (state === undefined) return Object.values(held).some((rows) => rows > 0);
  const { last, done } = state;
  if (last.event !== 'done' || !done || Object.values(held).some(Number.isNaN)) return false;
  return Object.entries(held).some(([name, rows]) => rows !== done[name as keyof Held]);
}
