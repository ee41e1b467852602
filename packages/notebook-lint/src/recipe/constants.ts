import { isInterpolated, stringText } from '../python/call.ts';
import { field, type SyntaxNode, textOf } from '../python/node.ts';
import type { Trace } from './trace/trace.ts';

/** The literal that an expression is, as far as it is known: followed through names, else written there. */
export function literalOf(
  node: SyntaxNode | undefined,
  { values, analysis }: Trace,
): string | number | boolean | null | undefined {
  if (!node) return undefined;
  const traced = values.get(node);
  if (traced?.is === 'constant') return traced.value;
  if (traced && traced.is !== 'unknown') return undefined;
  if (node.type === 'string' && !isInterpolated(node)) return stringText(node);
  if (node.type === 'true' || node.type === 'false') return node.type === 'true';
  if (node.type === 'none') return null;
  return analysis.knownOf(node).literal;
}

export function textLiteral(node: SyntaxNode | undefined, trace: Trace): string | undefined {
  const value = literalOf(node, trace);
  return typeof value === 'string' ? value : undefined;
}

export function numberLiteral(node: SyntaxNode | undefined, trace: Trace): number | undefined {
  const value = literalOf(node, trace);
  return typeof value === 'number' ? value : undefined;
}

/** A value of a dict that is spelled out or known by its name: `encode_kwargs={"normalize_embeddings": True}`. */
export function entryOf(node: SyntaxNode | undefined, key: string, trace: Trace) {
  const value = node && trace.values.get(node);
  const entry = value?.is === 'dict' ? value.entries.get(key) : undefined;
  if (entry?.is === 'constant') return entry.value;
  if (node?.type !== 'dictionary') return undefined;
  for (const pair of node.children)
    if (pair.type === 'pair' && stringText(field(pair, 'key')) === key) {
      const at = field(pair, 'value');
      return literalOf(at, trace) ?? (at && textOf(at));
    }
  return undefined;
}
