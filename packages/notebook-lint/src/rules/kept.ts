import type { Analysis } from '../analysis.ts';
import { ancestors, type SyntaxNode, textOf } from '../python/node.ts';
import { shownExpressions } from './shown-expression.ts';

/** Names for what is cut on purpose, to be looked at. */
const EXCERPT = /excerpt|snippet|preview|short|title|label|display|abbrev/i;
/** Functions that only show what they are given. */
const SHOWS = /^(print|display|pprint|log|info|debug|len|format|show|plot|view|render|draw|visuali)/;

/** Whether the cut goes on into the work: assigned, iterated, embedded. What is only shown loses nothing. */
export function isKept(node: SyntaxNode, analysis: Analysis): boolean {
  for (const shown of shownExpressions(analysis))
    if (shown.source === node.source && shown.start <= node.start && shown.end >= node.end) return false;
  for (const up of ancestors(node)) {
    if (up.type === 'call' && SHOWS.test(lastName(up))) return false;
    if (up.type === 'interpolation') return false;
    if (up.type === 'assignment' && EXCERPT.test(textOf(up.children[0]!))) return false;
    if (/^(assignment|for_in_clause|for_statement|return_statement)$/.test(up.type)) return true;
    if (up.type === 'expression_statement')
      return up.children[0]?.type === 'call' && up.children[0] !== node && !isMethodOf(up.children[0], node);
  }
  return false;
}

function lastName(call: SyntaxNode): string {
  return /(\w+)$/.exec(textOf(call.children[0]!))?.[1] ?? '';
}

/** `df.head(5).plot()`: the statement is a chain on the cut itself. */
function isMethodOf(outer: SyntaxNode, node: SyntaxNode): boolean {
  return outer.start === node.start;
}
