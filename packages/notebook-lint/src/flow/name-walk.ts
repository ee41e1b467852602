import { ancestors, field, fields, type SyntaxNode, textOf } from '../python/node.ts';
import { isDefined, miss, type NameScope, nameScope, type Uses } from './name-scope.ts';

/** Walks in the order in which Python evaluates: right sides before left sides. */
export function visit(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  (VISITS[node.type] ?? visitChildren)(node, scope, uses);
}

type Visit = (node: SyntaxNode, scope: NameScope, uses: Uses) => void;

const VISITS: Readonly<Record<string, Visit>> = {
  identifier: use,
  attribute: (node, scope, uses) => visitFields(node, ['object'], scope, uses),
  keyword_argument: (node, scope, uses) => visitFields(node, ['value'], scope, uses),
  assignment: visitAssignment,
  augmented_assignment: visitAssignment,
  named_expression: visitNamed,
  for_statement: visitFor,
  for_in_clause: visitFor,
  as_pattern: visitAs,
  except_clause: visitExcept,
  function_definition: visitFunction,
  lambda: visitLambda,
  class_definition: visitClass,
  import_statement: visitImport,
  import_from_statement: visitImport,
  list_comprehension: visitComprehension,
  set_comprehension: visitComprehension,
  dictionary_comprehension: visitComprehension,
  generator_expression: visitComprehension,
  global_statement: visitGlobal,
  nonlocal_statement: visitGlobal,
  // A deleted name may be defined again by a loop or by a cell that runs twice: deleting is not followed.
  delete_statement: () => {},
  match_statement: visitUnclear,
  type_alias_statement: visitUnclear,
  call: visitCall,
};

function visitUnclear(_node: SyntaxNode, _scope: NameScope, uses: Uses): void {
  uses.unclear = true;
}

/** The function binds the name for the notebook, whenever it is called. */
function visitGlobal(node: SyntaxNode, scope: NameScope): void {
  for (const name of node.children)
    for (let at: NameScope | undefined = scope; at; at = at.outer) at.names.add(textOf(name));
}

function visitCall(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  if (/^(exec|globals|locals|vars)$/.test(textOf(node.children[0] ?? node))) uses.unclear = true;
  visitChildren(node, scope, uses);
}

function visitNamed(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  visitField(node, 'value', scope, uses);
  define(field(node, 'name'), scope, uses);
}

function visitFor(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  visitField(node, 'right', scope, uses);
  define(field(node, 'left'), scope, uses);
  visitFields(node, ['body', 'alternative'], scope, uses);
}

function visitAs(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  if (node.children[0]) visit(node.children[0], scope, uses);
  define(field(node, 'alias'), scope, uses);
}

function visitChildren(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  for (const child of node.children) visit(child, scope, uses);
}

function visitField(node: SyntaxNode, name: string, scope: NameScope, uses: Uses): void {
  const child = field(node, name);
  if (child) visit(child, scope, uses);
}

function visitFields(node: SyntaxNode, names: readonly string[], scope: NameScope, uses: Uses): void {
  for (const name of names) visitField(node, name, scope, uses);
}

function use(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  const name = textOf(node);
  if (isDefined(name, scope)) return;
  if (isInFunction(node)) uses.deferred.push({ node, name, scope });
  else miss(node, name, uses);
}

function isInFunction(node: SyntaxNode): boolean {
  for (const up of ancestors(node))
    if (up.type === 'function_definition' || up.type === 'lambda') return true;
  return false;
}

function visitAssignment(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  visitField(node, 'right', scope, uses);
  const left = field(node, 'left');
  if (node.type === 'augmented_assignment' && left) visit(left, scope, uses);
  define(left, scope, uses);
}

/** Names in a target are defined; what a target is part of (`a.b`, `a[i]`) is used. */
function define(target: SyntaxNode | undefined, scope: NameScope, uses: Uses): void {
  if (!target) return;
  if (target.type === 'identifier') scope.names.add(textOf(target));
  else if (target.type === 'attribute' || target.type === 'subscript')
    visitChildren(
      target.type === 'attribute' ? { ...target, children: [target.children[0]!] } : target,
      scope,
      uses,
    );
  else for (const part of target.children) define(part, scope, uses);
}

function visitFunction(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  const name = field(node, 'name');
  for (const parameter of field(node, 'parameters')?.children ?? [])
    visitField(parameter, 'value', scope, uses);
  if (name) scope.names.add(textOf(name));
  const inner = nameScope(scope.isClass ? scope.outer : scope);
  inner.names.add('__class__');
  for (const parameter of field(node, 'parameters')?.children ?? []) defineParameter(parameter, inner, uses);
  const body = field(node, 'body');
  if (!body) return;
  // A name that is assigned anywhere in a function is local to it.
  collectTargets(body, inner, uses);
  visitChildren(body, inner, uses);
}

function defineParameter(parameter: SyntaxNode, scope: NameScope, uses: Uses): void {
  if (parameter.type === 'identifier') scope.names.add(textOf(parameter));
  else define(field(parameter, 'name') ?? parameter.children[0], scope, uses);
}

function collectTargets(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  for (const child of node.children) {
    if (child.type === 'assignment' || child.type === 'for_statement') {
      const left = field(child, 'left');
      for (const name of left ? targetNames(left) : []) scope.names.add(name);
    }
    if (child.type === 'function_definition' || child.type === 'class_definition')
      scope.names.add(textOf(field(child, 'name') ?? child));
    else if (child.type.startsWith('import')) visitImport(child, scope, uses);
    if (child.type !== 'function_definition' && child.type !== 'class_definition' && child.type !== 'lambda')
      collectTargets(child, scope, uses);
  }
}

function targetNames(target: SyntaxNode): string[] {
  if (target.type === 'identifier') return [textOf(target)];
  return target.type === 'attribute' || target.type === 'subscript'
    ? []
    : target.children.flatMap(targetNames);
}

/** Python 2 binds the error after a comma: `except HTTPError, error:`. */
function visitExcept(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  const [, second] = node.children;
  if (second?.type === 'identifier') scope.names.add(textOf(second));
  visitChildren(node, scope, uses);
}

function visitLambda(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  const inner = nameScope(scope.isClass ? scope.outer : scope);
  for (const parameter of field(node, 'parameters')?.children ?? []) {
    visitField(parameter, 'value', scope, uses);
    defineParameter(parameter, inner, uses);
  }
  visitField(node, 'body', inner, uses);
}

function visitClass(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  visitField(node, 'superclasses', scope, uses);
  const body = field(node, 'body');
  if (body) visitChildren(body, nameScope(scope, true), uses);
  scope.names.add(textOf(field(node, 'name') ?? node));
}

function visitImport(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  if (node.children.some(({ type }) => type === 'wildcard_import')) uses.unclear = true;
  const from = field(node, 'module_name') !== undefined;
  for (const name of fields(node, 'name')) {
    const bound = textOf(field(name, 'alias') ?? field(name, 'name') ?? name);
    scope.names.add(from ? bound : bound.split('.')[0]!);
  }
}

function visitComprehension(node: SyntaxNode, scope: NameScope, uses: Uses): void {
  const inner = nameScope(scope);
  for (const clause of node.children) if (clause.field !== 'body') visit(clause, inner, uses);
  visitField(node, 'body', inner, uses);
}
