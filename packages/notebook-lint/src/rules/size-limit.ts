import type { Analysis } from '../analysis.ts';
import { isFrame } from '../flow/value.ts';
import { bare, field, type SyntaxNode, textOf } from '../python/node.ts';
import { isKept } from './kept.ts';

/** Expressions that say how long a text is. */
const SIZE = /(len\(|n_?tokens?|num_?tokens?|token_?count|tokens?\b|length|n_?words|word_?count|n_?chars)/i;

/** `if tokens > limit: continue`, with nothing that counts or reports. */
export function skips(node: SyntaxNode): boolean {
  const body = field(node, 'consequence');
  if (
    body?.children.length !== 1 ||
    body.children[0]!.type !== 'continue_statement' ||
    field(node, 'alternative')
  )
    return false;
  return isOverLimit(field(node, 'condition'));
}

export function conditionOf(node: SyntaxNode): SyntaxNode {
  return field(node, 'condition') ?? node;
}

function isOverLimit(condition: SyntaxNode | undefined): boolean {
  if (!condition) return false;
  const comparison = bare(condition);
  if (comparison.type !== 'comparison_operator') return false;
  const [left, right] = comparison.children.filter(({ field: role }) => role !== 'operators');
  const operator = textOf(comparison.children.find(({ field: role }) => role === 'operators') ?? comparison);
  if (!left || !right) return false;
  if (/^>=?$/.test(operator)) return SIZE.test(textOf(left)) && !/^[01]$/.test(textOf(right));
  return (
    /^<=?$/.test(operator) &&
    SIZE.test(textOf(right)) &&
    !SIZE.test(textOf(left)) &&
    !/^[01]$/.test(textOf(left))
  );
}

/** `df[df.n_tokens < 8000]`: rows with more are gone. */
export function filtersBySize(node: SyntaxNode, analysis: Analysis): boolean {
  const { parent } = node;
  if (
    parent?.type !== 'subscript' ||
    node.field !== 'subscript' ||
    !isFrame(analysis.knownOf(field(parent, 'value')))
  )
    return false;
  if (!isKept(parent, analysis)) return false;
  const [left] = node.children;
  const operator = textOf(node.children.find(({ field: role }) => role === 'operators') ?? node);
  return (
    /^<=?$/.test(operator) &&
    left !== undefined &&
    /n_?tokens|num_?tokens|token_?(count|len)|\.str\.len\(\)/i.test(textOf(left))
  );
}
