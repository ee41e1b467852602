import { ancestors, type SyntaxNode } from './node.ts';

const COMPOUND =
  /^(if|for|while|try|with|match|function_definition|class_definition|decorated|elif|else|except|finally)/;

/** The statement that the node belongs to: for a compound one the node lies in its header. */
export function statementOf(node: SyntaxNode): SyntaxNode {
  let current = node;
  while (current.parent && !isStatement(current)) current = current.parent;
  return current;
}

function isStatement({ type, parent }: SyntaxNode): boolean {
  if (parent?.type === 'module' || parent?.type === 'block') return true;
  return COMPOUND.test(type) && (type.endsWith('_clause') || type.endsWith('_statement'));
}

const FUNCTIONS = ['function_definition', 'lambda'];

/** The nearest function or lambda round the node. */
export function enclosingFunction(node: SyntaxNode): SyntaxNode | undefined {
  for (const up of ancestors(node)) if (FUNCTIONS.includes(up.type)) return up;
  return undefined;
}

/** The nearest function with a name round the node: lambdas and comprehensions belong to what holds them. */
export function enclosingDefinition(node: SyntaxNode): SyntaxNode | undefined {
  for (const up of ancestors(node)) if (up.type === 'function_definition') return up;
  return undefined;
}

/** Loops round the node, innermost first, up to the function that it is in. The header of a loop is not in it. */
export function enclosingLoops(node: SyntaxNode): SyntaxNode[] {
  const loops: SyntaxNode[] = [];
  let below: SyntaxNode = node;
  for (const up of ancestors(node)) {
    if (up.type === 'function_definition') break;
    const loop = up.type === 'for_statement' || up.type === 'while_statement';
    if (loop && below.field === 'body') loops.push(up);
    below = up;
  }
  return loops;
}
