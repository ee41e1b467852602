/** Rows that could not be processed, with the reason: what a chunk's last publication left. */
import { scan } from '@throughline/delta';
import { existingBuild } from './build.ts';
import { type Lake, promotedBuild } from './lake.ts';

export interface DeadLetterEntry {
  chunk: string;
  step: string;
  id: string | null;
  code: string;
  message: string;
  payload: string;
}

export interface DeadLetters {
  total: number;
  /** Rows by code, the most frequent first. */
  reasons: Record<string, number>;
  /** The first `limit`, by chunk. */
  deadLetters: DeadLetterEntry[];
}

/** Bounded by `limit` and the number of different codes. */
export async function listDeadLetters(lake: Lake, limit: number): Promise<DeadLetters> {
  const { tables } = await existingBuild(lake, await promotedBuild(lake));
  const reasons = new Map<string, number>();
  const deadLetters: DeadLetterEntry[] = [];
  let total = 0;
  const columns = ['_chunk', '_step', '_id', '_code', '_message', '_payload'];
  for await (const batch of scan(tables.dead_letters, { columns })) {
    const cell = (name: string, i: number) => (batch.columns[name] as (string | null)[])[i] ?? null;
    for (let i = 0; i < batch.rows; i++) {
      const code = cell('_code', i)!;
      reasons.set(code, (reasons.get(code) ?? 0) + 1);
      total++;
      if (deadLetters.length >= limit) continue;
      const [chunk, step, id] = [cell('_chunk', i)!, cell('_step', i)!, cell('_id', i)];
      deadLetters.push({
        chunk,
        step,
        id,
        code,
        message: cell('_message', i)!,
        payload: cell('_payload', i)!,
      });
    }
  }
  return { total, reasons: Object.fromEntries([...reasons].sort((a, b) => b[1] - a[1])), deadLetters };
}
