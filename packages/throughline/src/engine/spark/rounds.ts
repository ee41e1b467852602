/** Which chunks go through the cluster together. */
import type { StagedChunk } from '../engine.ts';

/** Most that a round has, unless one chunk alone has more rows. */
export interface RoundLimits {
  rows: number;
  chunks: number;
}

type Sized = Pick<StagedChunk, 'rows'>;

/** Chunks in their order, in rounds as large as the limits let them be. */
export async function* inRounds<C extends Sized>(
  chunks: AsyncIterable<C>,
  limits: RoundLimits,
): AsyncGenerator<C[]> {
  let round: C[] = [];
  const fits = openRound(limits);
  for await (const chunk of chunks) {
    if (!fits(chunk)) {
      yield round;
      round = [];
    }
    round.push(chunk);
  }
  if (round.length > 0) yield round;
}

/** For each chunk the number of its round, if all of them are claimed: where others take some, rounds have chunks of two numbers. */
export function roundNumbers(chunks: readonly Sized[], limits: RoundLimits): number[] {
  const fits = openRound(limits);
  let number = 0;
  return chunks.map((chunk) => {
    if (!fits(chunk)) number++;
    return number;
  });
}

/** Whether a chunk goes into the round that is open; if not it opens the next. */
function openRound(limits: RoundLimits): (chunk: Sized) => boolean {
  let [chunks, rows] = [0, 0];
  return (chunk) => {
    const fits = chunks === 0 || (rows + chunk.rows <= limits.rows && chunks < limits.chunks);
    [chunks, rows] = fits ? [chunks + 1, rows + chunk.rows] : [1, chunk.rows];
    return fits;
  };
}
