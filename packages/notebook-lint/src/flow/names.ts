import type { Magic } from '../python/magics.ts';
import { ancestors, field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { GIVEN_NAMES } from './given-names.ts';
import { isDefined, miss, type NameScope, nameScope, noUses } from './name-scope.ts';
import { visit } from './name-walk.ts';

/** A use of a name that has no value when the cells run in file order. */
export interface MissingName {
  readonly node: SyntaxNode;
  readonly name: string;
  /** The cell that defines it, further down; undefined: none does. */
  readonly definedIn: number | undefined;
}

/**
 * Looks names up as Python does, cell by cell. Bodies of functions are looked up at the end: they see what the
 * notebook defines anywhere. Each name is reported once, where it is used first. Nothing is reported where a star
 * import or `exec` may define it; what a cell with faults mentions counts as defined.
 */
export function namesOf(trees: readonly SyntaxNode[], magics: readonly Magic[]): { missing: MissingName[] } {
  const notebook = nameScope();
  for (const name of GIVEN_NAMES) notebook.names.add(name);
  const uses = noUses();
  // `%%capture out`, `%%bigquery rows`, `%sql rows << SELECT 1`: any name on the first line may be defined.
  for (const { kind, name, lines } of magics)
    if (kind === 'cell' || /^(sql|bigquery|R|store)$/.test(name)) addWords(lines[0]!.text, notebook);
  for (const tree of trees) {
    if (hasErrors(tree)) addWords(tree.source.code, notebook);
    else for (const statement of tree.children) visit(statement, notebook, uses);
  }
  for (const { node, name, scope } of uses.deferred) if (!isDefined(name, scope)) miss(node, name, uses);
  if (uses.unclear) return { missing: [] };
  const missing = [...uses.missing].filter(([, node]) => !isGuarded(node));
  return { missing: missing.map(([name, node]) => ({ node, name, definedIn: definingCell(name, trees) })) };
}

function addWords(text: string, scope: NameScope): void {
  for (const word of text.match(/\b[a-zA-Z_]\w*/g) ?? []) scope.names.add(word);
}

/** Where the grammar stumbled, what is a name and what it is bound to is a guess. */
function hasErrors(tree: SyntaxNode): boolean {
  for (const { type } of walk(tree)) if (type === 'ERROR') return true;
  return false;
}

/** The cell whose top level binds the name. */
function definingCell(name: string, trees: readonly SyntaxNode[]): number | undefined {
  for (const tree of trees) {
    const scope = nameScope();
    for (const statement of tree.children) visit(statement, scope, noUses());
    if (scope.names.has(name)) return tree.source.cell;
  }
  return undefined;
}

/** In a `try` that expects a NameError, or behind `if "name" in globals()`. */
function isGuarded(node: SyntaxNode): boolean {
  for (const up of ancestors(node)) {
    if (
      up.type === 'try_statement' &&
      up.children.some(
        (child) =>
          child.type === 'except_clause' &&
          /^except(\s+\(?.*NameError|\s*:|\s+Exception)/.test(textOf(child)),
      )
    )
      return true;
    if (
      up.type === 'if_statement' &&
      /globals\(\)|locals\(\)|in dir\(\)/.test(textOf(field(up, 'condition') ?? up))
    )
      return true;
  }
  return false;
}
