import type { Analysis } from '../../analysis.ts';
import type { ParsePython } from '../../python/parser.ts';
import { newEnv } from './env.ts';
import { runStatement } from './statement.ts';
import { newTrace, type Trace } from './trace.ts';

/**
 * Follows rows through the notebook: from where they are read, through steps and functions, to where their texts are
 * embedded and results are written. A branch that is not decided leaves what its sides agree on, a loop runs once, calls of functions are followed up
 * to a bound; what is not understood is kept as such.
 */
export function traceRows(analysis: Analysis, parse: ParsePython): Trace {
  const trace = newTrace(analysis, parse);
  const env = newEnv();
  for (const tree of analysis.trees)
    for (const statement of tree.children) {
      runStatement(statement, env, trace);
      trace.at++;
    }
  withoutGuesses(trace);
  return trace;
}

/** Where a library that is known makes vectors of rows, what a function is called shows nothing more. */
function withoutGuesses({ embeddings }: Trace): void {
  if (!embeddings.some(({ own, cells }) => !own && cells !== undefined)) return;
  embeddings.splice(0, embeddings.length, ...embeddings.filter(({ own }) => !own));
}
