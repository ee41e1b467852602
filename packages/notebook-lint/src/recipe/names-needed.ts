import { GIVEN_NAMES } from '../flow/given-names.ts';
import { field, type SyntaxNode, textOf, walk } from '../python/node.ts';

const FUNCTIONS = ['function_definition', 'lambda'];

/** Names that a statement or function looks up outside of itself, without those of Python. */
export function namesNeeded(node: SyntaxNode): Set<string> {
  const bound = new Set<string>();
  const used = new Set<string>();
  for (const at of walk(node)) {
    if (FUNCTIONS.includes(at.type)) {
      const name = field(at, 'name');
      if (name) bound.add(textOf(name));
      for (const parameter of field(at, 'parameters')?.children ?? []) {
        const id = parameter.type === 'identifier' ? parameter : firstName(parameter);
        if (id) bound.add(textOf(id));
      }
    }
    if (at.type === 'future_import_statement') continue;
    if (at.type === 'class_definition') bound.add(textOf(field(at, 'name') ?? at));
    if (at.type === 'assignment' || at.type === 'for_statement' || at.type === 'for_in_clause')
      addTargets(field(at, 'left'), bound);
    if (at.type === 'as_pattern_target' || at.type === 'named_expression') addTargets(at.children[0], bound);
    if (/^import/.test(at.type))
      for (const name of at.children) if (name.field === 'name') bound.add(aliasOf(name));
    if (at.type === 'except_clause')
      addTargets(
        at.children.find(({ type }) => type === 'identifier'),
        bound,
      );
    if (isUse(at)) used.add(textOf(at));
  }
  for (const name of bound) used.delete(name);
  for (const name of defaultsOf(node)) used.add(name);
  for (const name of used) if (GIVEN_NAMES.has(name)) used.delete(name);
  return used;
}

/** Defaults of parameters are looked up outside: `def split(text, limit=limit)`. */
function defaultsOf(node: SyntaxNode): string[] {
  const definition = node.type === 'decorated_definition' ? field(node, 'definition') : node;
  if (!definition || !FUNCTIONS.includes(definition.type)) return [];
  return (field(definition, 'parameters')?.children ?? []).flatMap((parameter) => {
    const value = field(parameter, 'value');
    return value ? [...walk(value)].filter(isUse).map(textOf) : [];
  });
}

function firstName(parameter: SyntaxNode): SyntaxNode | undefined {
  return field(parameter, 'name') ?? parameter.children.find(({ type }) => type === 'identifier');
}

function addTargets(target: SyntaxNode | undefined, bound: Set<string>): void {
  if (!target || target.type === 'subscript' || target.type === 'attribute') return;
  for (const at of walk(target)) if (at.type === 'identifier') bound.add(textOf(at));
}

function aliasOf(name: SyntaxNode): string {
  const alias = field(name, 'alias');
  return alias ? textOf(alias) : textOf(name).split('.')[0]!;
}

/** An identifier that stands for a value: not an attribute, not the name of a keyword argument. */
function isUse({ type, field: name, parent }: SyntaxNode): boolean {
  if (type !== 'identifier' || name === 'attribute') return false;
  if (name === 'name' && parent?.type === 'keyword_argument') return false;
  return !/^(import_|aliased_import|dotted_name)/.test(parent?.type ?? '');
}
