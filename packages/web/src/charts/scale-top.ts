/** Shares of periods with fewer records than this say little: one record is a hundred percent. */
const MANY = 20;

interface Point {
  share: number | null;
}

/**
 * The top of a scale of shares: the highest of the periods with many records, so that a period with a few does not flatten
 * all others. What is higher is drawn at the edge. `totals`: records of each period.
 */
export function scaleTop(lines: readonly (readonly Point[])[], totals: readonly number[]): number {
  const highest = (least: number) =>
    Math.max(
      0,
      ...lines.flatMap((points) =>
        points.filter((_, i) => (totals[i] ?? 0) >= least).map(({ share }) => share ?? 0),
      ),
    );
  return Math.min(1, (highest(MANY) || highest(0) || 0.1) * 1.08);
}
