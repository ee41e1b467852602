/** What is known of a column from the rows that were looked at. */
export interface ColumnFacts {
  name: string;
  /** Shares of the rows that were looked at, 0 to 1. */
  filled: number;
  /** Different values among those that are filled. */
  distinct: number;
  rows: number;
  /** Characters, on average of what is filled. */
  length: number;
  /** Words; of scripts that put no blanks between them, about. */
  words: number;
  /** Shares of what is filled. */
  long: number;
  double: number;
  boolean: number;
  address: number;
  /** JSON objects and lists. */
  nested: number;
  /** Digits with a zero in front: a code, not a number. */
  code: number;
  /** Up to three different values, cut, in the order of the file. */
  examples: string[];
  /** Up to 2,000 different values, cut to 100 characters. */
  values: string[];
}

/** The share of different values among those that are there. */
export function variety({ distinct, rows, filled }: ColumnFacts): number {
  const there = rows * filled;
  return there === 0 ? 0 : distinct / there;
}
