import type { Origin } from '@throughline/notebook-lint';

/** A value of the config, where it comes from, and what a person should know of it. */
export interface Setting {
  readonly path: readonly string[];
  /** undefined: a comment alone, at that place. */
  readonly value: unknown;
  readonly origin?: Origin | undefined;
  readonly notes?: readonly string[];
  readonly questions?: readonly string[];
  /** The value is a variable of the environment, such as `${EMBED_URL}`, and is meant to be. */
  readonly isVariable?: boolean;
}

/** What was taken over or changed, for MIGRATION.md. */
export interface Change {
  readonly what: string;
  readonly why: string;
}

/** `from cell 3, line 2: df = pd.read_csv("x.csv")`: one line. */
export function placeOf({ cell, line, source }: Origin, most = 100): string {
  const flat = source.replace(/\s+/g, ' ').trim();
  const shown = flat.length > most ? `${flat.slice(0, most).trimEnd()} ...` : flat;
  return `cell ${cell}, line ${line}: ${shown}`;
}
