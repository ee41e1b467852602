/**
 * p-values of several comparisons, each made greater by how many there are, so that below 0.05 there is a wrong one among
 * them in at most 5 of 100 cases: the step-down method of Holm (A Simple Sequentially Rejective Multiple Test Procedure,
 * 1979). In the order in which they were given.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let greatest = 0;
  for (const [rank, i] of order.entries()) {
    greatest = Math.max(greatest, Math.min(1, (pValues.length - rank) * pValues[i]!));
    adjusted[i] = greatest;
  }
  return adjusted;
}
