import { DEFAULT_VOTERS, type Fitted } from './assign.ts';
import { nearestRows } from './nearest-rows.ts';
import { vote } from './vote.ts';

/** From nearly even shares to nearly all for the winner, by factors of 2^(1/4). */
const SHARPNESSES = Array.from({ length: 21 }, (_, i) => 2 ** (i / 4 - 4));
/** Surer than this is nobody: one mistake at a score of 1 would decide alone. */
const SUREST = 0.999;

/**
 * The sharpness under which scores of `voters` on `held` are most likely to be right: the least logarithmic loss of "the
 * theme is that of `held`" (Platt 1999; one parameter, as in temperature scaling by Guo et al. 2017).
 */
export async function sharpnessOf(voters: Fitted, held: Fitted, dimension: number): Promise<number> {
  const k = Math.min(DEFAULT_VOTERS, voters.membership.length);
  const near = await nearestRows(held.vectors, voters.vectors, dimension, k);
  const losses = SHARPNESSES.map((sharpness) => {
    const soft = { temperature: voters.vote!.temperature, sharpness };
    const { theme, score } = vote(near, held.membership.length, voters, soft);
    let loss = 0;
    for (const [item, share] of score.entries()) {
      const sure = Math.min(share, SUREST);
      loss -= Math.log(theme[item] === held.membership[item] ? sure : 1 - sure);
    }
    return loss;
  });
  return SHARPNESSES[losses.indexOf(Math.min(...losses))]!;
}
