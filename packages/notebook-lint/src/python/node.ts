/** The text of one cell, in which nodes are positions. */
export interface Source {
  /** Index of the cell among all cells of the notebook. */
  readonly cell: number;
  /** What was parsed: the cell's text, with magics masked. Same lines and columns as the cell. */
  readonly code: string;
}

/** A node of the concrete syntax tree, plain data. Names of types and fields are tree-sitter-python's. */
export interface SyntaxNode {
  readonly type: string;
  /** The field that it is of its parent: `function` of a call, `left` of an assignment. */
  readonly field: string | undefined;
  /** UTF-16 offsets in the cell: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly parent: SyntaxNode | undefined;
  readonly source: Source;
  /** Named children without comments, and operators, in order. */
  readonly children: readonly SyntaxNode[];
}

export function textOf(node: SyntaxNode): string {
  return node.source.code.slice(node.start, node.end);
}

export function field(node: SyntaxNode | undefined, name: string): SyntaxNode | undefined {
  return node?.children.find((child) => child.field === name);
}

export function fields(node: SyntaxNode, name: string): SyntaxNode[] {
  return node.children.filter((child) => child.field === name);
}

/** The node and all below it, parents first, in the order of the text. */
export function* walk(node: SyntaxNode): Generator<SyntaxNode> {
  const stack = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    yield next;
    for (let i = next.children.length - 1; i >= 0; i--) stack.push(next.children[i]!);
  }
}

/** From the parent upwards. */
export function* ancestors(node: SyntaxNode): Generator<SyntaxNode> {
  for (let up = node.parent; up; up = up.parent) yield up;
}

/** Whether `node` is `outer` or lies in it. */
export function isWithin(node: SyntaxNode, outer: SyntaxNode): boolean {
  return node.source === outer.source && node.start >= outer.start && node.end <= outer.end;
}

/** The expression without the parentheses, `await` and type annotations round it. */
export function bare(node: SyntaxNode): SyntaxNode {
  let inner = node;
  while (inner.type === 'parenthesized_expression' || inner.type === 'await' || inner.type === 'type') {
    const [child] = inner.children;
    if (!child) return inner;
    inner = child;
  }
  return inner;
}
