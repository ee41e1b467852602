import { argumentsOf } from '../python/call.ts';
import { numberLiteral } from './constants.ts';
import type { Functions } from './functions.ts';
import { factOf } from './origin.ts';
import type { Fact, SplitFact } from './recipe.ts';
import type { Trace } from './trace/trace.ts';
import type { Expr } from './trace/traced.ts';

/** How the texts are cut into pieces before they are embedded. */
export function splitFact(
  expr: Expr | undefined,
  functions: Functions,
  trace: Trace,
): Fact<SplitFact> | undefined {
  const found = expr && splitIn(expr);
  if (!found) return undefined;
  const { splitter } = found;
  if (splitter.kind === 'function') {
    const name = functions.keep(splitter.fn);
    return factOf(
      { kind: 'function', name, size: undefined, overlap: undefined, unit: 'unknown' },
      splitter.fn.node,
    );
  }
  const { named, positional } = argumentsOf(splitter.call);
  const name = /(\w+)(\.from_\w+\(\))?\.\w+$/.exec(splitter.path)?.[1] ?? splitter.path;
  const byTokens = /Token|from_tiktoken|from_huggingface/.test(splitter.path);
  const size = numberLiteral(
    named.get('chunk_size') ?? named.get('tokens_per_chunk') ?? positional[0],
    trace,
  );
  const overlap = numberLiteral(named.get('chunk_overlap'), trace);
  return factOf(
    { kind: 'library', name, size, overlap, unit: byTokens ? 'tokens' : 'characters' },
    splitter.call,
  );
}

function splitIn(expr: Expr): Extract<Expr, { op: 'split' }> | undefined {
  if (expr.op === 'split') return expr;
  if (expr.op === 'concat') return expr.parts.map(splitIn).find((one) => one);
  if (expr.op === 'other') return expr.of.map(splitIn).find((one) => one);
  return expr.op === 'column' || expr.op === 'literal' ? undefined : splitIn(expr.of);
}
