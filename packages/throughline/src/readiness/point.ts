/** What a row of the report is made of. */

export interface Point {
  /** Whether it is as production needs it; a row is ok where all of its points are. */
  ok: boolean;
  /** What was found, in the lake, the config or the code. */
  says: string;
  /** Shows it again. */
  command?: string;
  /** Where it is not ok: the line of the config, or the command, that mends it. */
  mend?: string;
}

export const TOPICS = [
  'volume',
  'compute',
  'output',
  'scheduling',
  'API calls',
  'reproducibility',
  'failure handling',
] as const;
export type Topic = (typeof TOPICS)[number];

export function point(
  ok: boolean,
  says: string,
  { command, mend }: { command?: string; mend?: string } = {},
): Point {
  return {
    ...{ ok, says },
    ...(command !== undefined && { command }),
    ...(!ok && mend !== undefined && { mend }),
  };
}
