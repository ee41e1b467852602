/** What may be wrong with a text: one definition for the mapper, which sees single rows, and for a pass over a table. */
export interface TextTest {
  /** A pattern that every text which is wrong fits, in what JavaScript (flag `u`) and RE2 have in common: only such texts are looked at. */
  readonly candidates: string;
  /** The kinds of what is wrong, each once, in a fixed order; nothing where the text is right. */
  find(text: string): string[];
}

/** A kind of fault with its own pattern of candidates. */
export interface TextKind {
  readonly candidates: string;
  isIn(text: string): boolean;
}

export function textTest<Name extends string>(
  kinds: Readonly<Record<Name, TextKind>>,
  wanted: readonly Name[],
): TextTest {
  const named = wanted.map((name) => [name, kinds[name]] as const);
  return {
    candidates: named.map(([, { candidates }]) => `(?:${candidates})`).join('|'),
    find: (text) => named.flatMap(([name, kind]) => (kind.isIn(text) ? [name] : [])),
  };
}

/** A kind that its pattern says all of. */
export function patternKind(pattern: string): TextKind {
  const compiled = new RegExp(pattern, 'u');
  return { candidates: pattern, isIn: (text) => compiled.test(text) };
}
