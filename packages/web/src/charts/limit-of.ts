/** The number of a limit such as `>= 0.95`; undefined where nothing was agreed on, or one version's own number. */
export function limitOf(expected: string | null): number | undefined {
  const [, number] = /^[<>]=?\s*(-?[\d.]+(?:e-?\d+)?)$/i.exec(expected ?? '') ?? [];
  return number === undefined || Number.isNaN(Number(number)) ? undefined : Number(number);
}
