/** Reports of chunks follow what was forgotten: a run compares them with the tables, and would take it for damage. */
import { history } from '@throughline/delta';
import { type ChunkEvent, openLedger, report } from '../chunk/ledger.ts';
import { thisProcess } from '../chunk/owner.ts';
import { BUILD_TABLES, type Build, type BuildTable } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import type { ForgetInfo } from './remove-rows.ts';

/** From the commits themselves, so that it comes right also when it was killed before; done again it reports nothing. */
export async function settleLedger(lake: Lake, build: Build, clock: () => number): Promise<void> {
  const ledger = await openLedger(lake, build.info.digest);
  const gone = new Map<string, { rows: Record<BuildTable, number>; at: number }>();
  for (const table of BUILD_TABLES)
    for (const { info, timestamp } of await history(build.tables[table].root)) {
      const { forgot } = (info.throughline ?? {}) as Partial<ForgetInfo>;
      for (const [chunk, rows] of Object.entries(forgot ?? {})) {
        // What was published or reported since has it counted.
        if (timestamp <= (ledger.states.get(chunk)?.done?.at ?? Number.POSITIVE_INFINITY)) continue;
        const sums = gone.get(chunk) ?? { rows: { records: 0, passages: 0, dead_letters: 0 }, at: 0 };
        sums.rows[table] += rows;
        sums.at = Math.max(sums.at, timestamp);
        gone.set(chunk, sums);
      }
    }
  const events = [...gone].map(([chunk, { rows, at }]): ChunkEvent => {
    const done = ledger.states.get(chunk)!.done!;
    const { records = 0, passages = 0, deadLetters = 0, dropped = 0 } = done;
    return {
      ...done,
      owner: thisProcess(),
      at: Math.max(clock(), at),
      records: records - rows.records,
      passages: passages - rows.passages,
      deadLetters: deadLetters - rows.dead_letters,
      dropped: dropped + rows.records + rows.dead_letters,
      // Nothing was embedded for it.
      ...{ embedded: 0, cached: 0, ms: 0 },
    };
  });
  await report(ledger, events, { now: clock });
}
