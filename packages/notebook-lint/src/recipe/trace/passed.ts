import { field, type SyntaxNode } from '../../python/node.ts';
import type { TracedCall } from './call.ts';
import type { CallArgument, Traced } from './traced.ts';

/** Arguments of `apply` and `map` themselves. */
const OF_APPLY = new Set([
  ...['func', 'arg', 'axis', 'args', 'na_action', 'convert_dtype', 'raw', 'result_type', 'by_row', 'engine'],
  ...['meta', 'return_dtype', 'skip_nulls', 'batched', 'batch_size', 'num_proc', 'remove_columns', 'desc'],
]);

/** What a function is given beside a text or row, which is its first argument; undefined where not all are literals. */
export function passedBeside(call: TracedCall): readonly CallArgument[] | undefined {
  const { node, positional, named, valueAt } = call;
  if (field(node, 'arguments')?.type === 'generator_expression') return [];
  if (hasSplat(node)) return undefined;
  return literals([
    ...positional.slice(1).map((at) => ({ name: undefined, value: valueAt(at) })),
    ...[...named].map(([name, at]) => ({ name, value: valueAt(at) })),
  ]);
}

/** The same for `df["text"].apply(clean, args=(True,), lower=False)`. */
export function passedByApply(call: TracedCall): readonly CallArgument[] | undefined {
  const { node, named, valueAt } = call;
  if (hasSplat(node)) return undefined;
  const args = named.get('args');
  const more = args && valueAt(args);
  if (more && more.is !== 'list') return undefined;
  return literals([
    ...(more?.items ?? []).map((value) => ({ name: undefined, value })),
    ...[...named].filter(([name]) => !OF_APPLY.has(name)).map(([name, at]) => ({ name, value: valueAt(at) })),
  ]);
}

function hasSplat(node: SyntaxNode): boolean {
  return (field(node, 'arguments')?.children ?? []).some(({ type }) => type.includes('splat'));
}

function literals(
  given: readonly { readonly name: string | undefined; readonly value: Traced }[],
): readonly CallArgument[] | undefined {
  const found: CallArgument[] = [];
  for (const { name, value } of given) {
    if (value.is !== 'constant') return undefined;
    found.push({ name, value: value.value });
  }
  return found;
}
