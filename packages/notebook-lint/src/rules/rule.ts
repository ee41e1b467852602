import type { Analysis } from '../analysis.ts';
import type { Severity } from '../finding.ts';
import type { SyntaxNode } from '../python/node.ts';

/** A place that is no node of the syntax tree: a magic, or a cell as a whole. Lines from 1, in the cell. */
export interface Lines {
  readonly cell: number;
  readonly line: number;
  readonly endLine: number;
}

/** A hit of a rule. There is at most one of a rule for each statement: the first counts. */
export interface Hit {
  readonly at: SyntaxNode | Lines;
  readonly message: string;
  /** Where the fix of the rule is not the one for this hit. */
  readonly fix?: string;
}

export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** One line: what the rule looks for. */
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  check(analysis: Analysis): Iterable<Hit>;
}
