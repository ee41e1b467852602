import { field, type SyntaxNode, textOf, walk } from '../python/node.ts';

/** Whether the expression comes from one of the names: itself, by an assignment or by `with ... as` in the same code. */
export function mentions(
  node: SyntaxNode | undefined,
  names: ReadonlySet<string>,
  within: SyntaxNode,
): boolean {
  if (!node) return false;
  const derived = new Set(names);
  for (const inner of walk(within)) {
    const [from, to] = binding(inner);
    if (!identifiers(from).some((name) => derived.has(name))) continue;
    for (const name of identifiers(to)) derived.add(name);
  }
  return identifiers(node).some((name) => derived.has(name));
}

function binding(node: SyntaxNode): readonly [SyntaxNode | undefined, SyntaxNode | undefined] {
  if (node.type === 'assignment') return [field(node, 'right'), field(node, 'left')];
  return node.type === 'as_pattern' ? [node.children[0], field(node, 'alias')] : [undefined, undefined];
}

export function identifiers(node: SyntaxNode | undefined): string[] {
  return node ? [...walk(node)].filter(({ type }) => type === 'identifier').map(textOf) : [];
}
