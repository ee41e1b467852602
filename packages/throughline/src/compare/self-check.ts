/** What has to agree with itself, whatever a notebook says. */
export interface SelfCheckLine {
  name: string;
  /** What it means, as a sentence. */
  says: string;
  /** At least. */
  wanted: number;
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

/** What cannot be measured, as themes where there are none, is not wrong. */
export function line(name: string, says: string, wanted: number, found: number | null): SelfCheckLine {
  return { name, says, wanted, found, ok: found === null || found >= wanted };
}
