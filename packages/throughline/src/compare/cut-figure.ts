/** Six decimals, cut and not rounded: nothing below a limit is shown as the limit. */
export function cutFigure(value: number | null, missing: string): string {
  return value === null ? missing : (Math.trunc(value * 1e6) / 1e6).toFixed(6);
}
