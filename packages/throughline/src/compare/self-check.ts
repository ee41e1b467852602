/** What has to agree with itself, whatever a notebook says. */
export interface SelfCheckLine {
  name: string;
  /** What it means, as a sentence. */
  says: string;
  /** At least; undefined of what is only reported. */
  wanted: number | undefined;
  /** Null where there is nothing to measure. */
  found: number | null;
  ok: boolean;
}

export interface SelfCheck {
  what: 'alone' | 'fit';
  title: string;
  /** Passages that were looked at. */
  passages: number;
  lines: SelfCheckLine[];
}

/** What is asked for and cannot be measured does not hold. */
export function line(
  name: string,
  says: string,
  wanted: number | undefined,
  found: number | null,
): SelfCheckLine {
  return { name, says, wanted, found, ok: wanted === undefined || (found !== null && found >= wanted) };
}
