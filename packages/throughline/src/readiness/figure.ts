/** A measured number as people read it. */
export function figure(value: number | null): string {
  if (value === null) return 'not measured';
  return String(Number(value.toPrecision(5)));
}
