import { argumentsOf } from '../python/call.ts';
import { numberLiteral } from './constants.ts';
import type { Functions } from './functions.ts';
import { factOf } from './origin.ts';
import type { Fact, SplitFact } from './recipe.ts';
import type { Trace } from './trace/trace.ts';
import type { Expr, SplitterRef } from './trace/traced.ts';

/** How the texts are cut into pieces before they are embedded. */
export function splitFact(
  expr: Expr | undefined,
  functions: Functions,
  trace: Trace,
): Fact<SplitFact> | undefined {
  const found = expr && splitIn(expr);
  if (!found) return undefined;
  const { splitter } = found;
  const library = splitter.kind === 'library' ? splitter : splitter.library;
  // A function that is given what is no literal cannot be called with the text alone.
  const isOwn = splitter.kind === 'function' && splitter.args !== undefined;
  const own = isOwn ? functions.keep(splitter.fn, splitter.at) : undefined;
  const args = isOwn && splitter.args && splitter.args.length > 0 ? { args: splitter.args } : {};
  if (library?.kind !== 'library') {
    const { fn } = splitter as Extract<SplitterRef, { fn: unknown }>;
    const value = {
      name: own ?? fn.name ?? 'lambda',
      function: own,
      ...args,
      size: undefined,
      overlap: undefined,
      unit: 'unknown',
    } as const;
    return factOf({ ...value, kind: 'function' }, fn.node);
  }
  const { named, positional } = argumentsOf(library.call);
  const name = /(\w+)(\.from_\w+\(\))?\.\w+$/.exec(library.path)?.[1] ?? library.path;
  const byTokens = /Token|from_tiktoken|from_huggingface/.test(library.path);
  const size = numberLiteral(
    named.get('chunk_size') ?? named.get('tokens_per_chunk') ?? positional[0],
    trace,
  );
  const overlap = numberLiteral(named.get('chunk_overlap'), trace);
  const unit = byTokens ? 'tokens' : 'characters';
  const called = splitter.kind === 'function' ? own : methodOf(library, functions);
  return factOf({ kind: 'library', name, function: called, ...args, size, overlap, unit }, library.call);
}

/** `splitter.split_text`, with the statements that make the splitter. */
function methodOf(
  { receiver }: Extract<SplitterRef, { kind: 'library' }>,
  functions: Functions,
): string | undefined {
  return receiver && functions.keepMethod(receiver, 'split_text', 'split_text');
}

function splitIn(expr: Expr): Extract<Expr, { op: 'split' }> | undefined {
  if (expr.op === 'split') return expr;
  if (expr.op === 'concat') return expr.parts.map(splitIn).find((one) => one);
  if (expr.op === 'other') return expr.of.map(splitIn).find((one) => one);
  return expr.op === 'column' || expr.op === 'literal' ? undefined : splitIn(expr.of);
}
