import { bare, field, type SyntaxNode, textOf } from './node.ts';

/** The arguments of a call, keywords without their splats. */
export interface Arguments {
  readonly positional: readonly SyntaxNode[];
  readonly named: ReadonlyMap<string, SyntaxNode>;
  /** `*args` or `**options`: there may be arguments that are not seen. */
  readonly splat: boolean;
}

export function argumentsOf(call: SyntaxNode): Arguments {
  const list = field(call, 'arguments');
  const positional: SyntaxNode[] = [];
  const named = new Map<string, SyntaxNode>();
  let splat = false;
  if (list?.type === 'generator_expression') return { positional: [list], named, splat };
  for (const child of list?.children ?? []) {
    if (child.type === 'keyword_argument') {
      const [name, value] = [field(child, 'name'), field(child, 'value')];
      if (name && value) named.set(textOf(name), value);
    } else if (child.type === 'list_splat' || child.type === 'dictionary_splat') splat = true;
    else positional.push(child);
  }
  return { positional, named, splat };
}

/** The last name of what is called: `read_csv` of `pd.read_csv(...)`. */
export function calledName(call: SyntaxNode): string | undefined {
  const called = field(call, 'function');
  const name = called?.type === 'attribute' ? field(called, 'attribute') : called;
  return name?.type === 'identifier' ? textOf(name) : undefined;
}

/** What a method is called on: `pd` of `pd.read_csv(...)`. */
export function receiverOf(call: SyntaxNode): SyntaxNode | undefined {
  const called = field(call, 'function');
  return called?.type === 'attribute' ? field(called, 'object') : undefined;
}

/** The text of a string without prefix, quotes and interpolations; undefined where it is no string. */
export function stringText(node: SyntaxNode | undefined): string | undefined {
  if (!node) return undefined;
  const inner = bare(node);
  if (inner.type === 'concatenated_string')
    return inner.children.map((part) => stringText(part) ?? '').join('');
  if (inner.type !== 'string') return undefined;
  return inner.children
    .filter(({ type }) => type === 'string_content')
    .map(textOf)
    .join('');
}

export function isInterpolated(node: SyntaxNode): boolean {
  return node.children.some(({ type }) => type === 'interpolation');
}

export function isTrue(node: SyntaxNode | undefined): boolean {
  return node !== undefined && textOf(node) === 'True';
}
