import { field, type SyntaxNode, walk } from '../../python/node.ts';

const BRANCHES =
  /^(if_statement|for_statement|while_statement|try_statement|with_statement|match_statement|raise_statement|assert_statement|yield|conditional_expression)$/;

/** Whether a function does the same with everything that it is given: a lambda, or statements with one `return` at their end. */
export function isStraightLine(fn: SyntaxNode): boolean {
  const body = field(fn, 'body');
  if (!body || [...walk(body)].some(({ type }) => BRANCHES.test(type))) return false;
  return fn.type === 'lambda' || body.children.at(-1)?.type === 'return_statement';
}
