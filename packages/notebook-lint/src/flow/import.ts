import { field, fields, type SyntaxNode, textOf } from '../python/node.ts';
import type { Scope } from './scope.ts';
import type { Value } from './value.ts';

/** The name under which the last star import is kept: a name that nothing else defines may come from it. */
export const STAR = '*';

/** `import a.b as c`, `from a import b as c`. Paths are without aliases. */
export function importNames(node: SyntaxNode, scope: Scope): void {
  const module = field(node, 'module_name');
  if (module && node.children.some(({ type }) => type === 'wildcard_import'))
    scope.names.set(STAR, { type: 'module', path: textOf(module) });
  for (const name of fields(node, 'name')) {
    const dotted = textOf(field(name, 'name') ?? name);
    const alias = field(name, 'alias');
    if (module) bindImport(alias ? textOf(alias) : dotted, `${textOf(module)}.${dotted}`, scope);
    else if (alias) bindImport(textOf(alias), dotted, scope);
    else bindImport(dotted.split('.')[0]!, dotted.split('.')[0]!, scope);
  }
}

function bindImport(name: string, path: string, scope: Scope): void {
  const last = path.slice(path.lastIndexOf('.') + 1);
  const value: Value = { type: /^[A-Z]/.test(last) ? 'class' : 'module', path };
  scope.names.set(name, value);
}
