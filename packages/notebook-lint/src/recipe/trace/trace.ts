import type { Analysis } from '../../analysis.ts';
import type { SyntaxNode } from '../../python/node.ts';
import type { ParsePython } from '../../python/parser.ts';
import type { CallArgument, Embedding, FunctionRef, Step, Table, Traced, Written } from './traced.ts';

/** All that following the rows through the notebook has shown. */
export interface Trace {
  readonly analysis: Analysis;
  readonly parse: ParsePython;
  /** By expression, as it was last. */
  readonly values: Map<SyntaxNode, Traced>;
  readonly embeddings: Embedding[];
  readonly written: Written[];
  /** Tables in the order in which they were read. */
  readonly read: Table[];
  /** Functions through which questions go before the notebook's own function embeds them. */
  readonly ofQuestions: FunctionRef[];
  /** Conditions of the loop over rows that is running, under which a row comes to where it is used. */
  readonly guards: Step[];
  /** Whether a loop over rows is running, in the function that is. */
  inRows: boolean;
  /** Functions of the notebook that are being run. */
  readonly running: FunctionRef[];
  /** What each of them was given after the texts; undefined where that is not known, or no texts came first. */
  readonly passed: (readonly CallArgument[] | undefined)[];
  /** Calls of functions so far: bounded. */
  calls: number;
  /** Place of the statement of the top level that is running. */
  at: number;
}

export function newTrace(analysis: Analysis, parse: ParsePython): Trace {
  return {
    ...{ analysis, parse, values: new Map(), embeddings: [], written: [], read: [] },
    ...{ ofQuestions: [], running: [], passed: [], guards: [], inRows: false },
    calls: 0,
    at: 0,
  };
}
