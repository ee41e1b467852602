/**
 * From p-values to q-values: of the findings with a q-value of at most q, a share of q is false at the most, on average
 * (Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x).
 */
export function qValues(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[b]! - pValues[a]!);
  const found = new Array<number>(pValues.length);
  let least = 1;
  for (const [i, at] of order.entries()) {
    least = Math.min(least, (pValues[at]! * pValues.length) / (pValues.length - i));
    found[at] = least;
  }
  return found;
}
