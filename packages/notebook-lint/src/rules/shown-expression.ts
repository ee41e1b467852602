import type { Analysis } from '../analysis.ts';
import { calledName } from '../python/call.ts';
import { bare, field, type SyntaxNode, textOf, walk } from '../python/node.ts';

/** Called for what they do; what they give back is shown only because the cell ends there. */
const EFFECTS =
  /^(fit|partial_fit|train|compile|append|extend|insert\w*|add\w*|recreate\w*|plot\w*|visuali[sz]e\w*|show\w*|print\w*|draw\w*|upsert\w*|update\w*|delete\w*|drop_\w+|remove|pop|clear|create\w*|build|write\w*|save\w*|dump|to_(csv|parquet|pickle|json|sql|excel|feather)|download|close|commit|flush|seed|manual_seed|set_\w+|register\w*|login|init|launch|run_until_complete|mkdir|makedirs|rmtree|copy|move|system|eval|cuda|cpu|pandas|enable\w*|disable\w*|configure|use|load_dotenv|index_documents|persist|wait|start|stop|shutdown|sleep|filterwarnings|run|execute|load_state_dict|display\w*|pprint|savefig|main|push_to_hub)$/;
const NEVER = [
  'string',
  'concatenated_string',
  'ellipsis',
  'none',
  'assignment',
  'augmented_assignment',
  'yield',
  'named_expression',
];

/** Expressions at the end of a cell whose value the notebook shows. */
export function* shownExpressions({ notebook, trees, flow, magics }: Analysis): Generator<SyntaxNode> {
  if (notebook.format === 'script') return;
  const outputsKept = notebook.cells.some(({ outputs }) => (outputs?.count ?? 0) > 0);
  const counted = notebook.cells.some(({ executionCount }) => typeof executionCount === 'number');
  const captured = new Set(magics.filter(({ name }) => name === 'capture').map(({ cell }) => cell));
  for (const tree of trees) {
    const expression = lastExpression(tree);
    const cell = notebook.cells[tree.source.cell]!;
    if (!expression || captured.has(cell.index)) continue;
    const ran = !counted || cell.executionCount !== null;
    const proven = outputsKept && ran && cell.outputs && !cell.outputs.error;
    const shows = proven
      ? (cell.outputs!.result && !isEffect(expression)) || isPlainValue(expression, flow)
      : showsValue(expression, flow);
    if (shows) yield expression;
  }
}

function lastExpression(tree: SyntaxNode): SyntaxNode | undefined {
  const last = tree.children.at(-1);
  if (last?.type !== 'expression_statement') return undefined;
  const { code } = tree.source;
  if (/^[ \t]*;/.test(code.slice(last.end)) || isMasked(last)) return undefined;
  const [first, ...rest] = last.children;
  if (!first || NEVER.includes(first.type)) return undefined;
  return rest.length > 0 ? last : first;
}

/** A placeholder for a magic is no expression of the notebook. */
function isMasked(statement: SyntaxNode): boolean {
  return textOf(statement) === '0';
}

function isEffect(expression: SyntaxNode): boolean {
  const inner = bare(expression);
  return inner.type === 'call' && EFFECTS.test(calledName(inner) ?? '');
}

/** There to be looked at, though its output was not saved: a name, a part of something, a size, the first rows. */
function isPlainValue(expression: SyntaxNode, flow: Analysis['flow']): boolean {
  const inner = bare(expression);
  if (inner.type !== 'call') return true;
  const path = flow.values.get(field(inner, 'function')!)?.path ?? '';
  return /^builtins\.(len|list|type|sorted|sum|max|min|set|str|dict|round)$|^pandas\.(DataFrame|Series)\.(head|tail|describe|value_counts|sample|nunique)$/.test(
    path,
  );
}

/** Without outputs to go by: whether the expression gives something to show. */
function showsValue(expression: SyntaxNode, flow: Analysis['flow']): boolean {
  const inner = bare(expression);
  if (inner.type !== 'call') return true;
  if (isEffect(inner)) return false;
  const called = flow.values.get(field(inner, 'function')!);
  if (called?.definition) return returnsValue(called.definition.node);
  for (const keyword of field(inner, 'arguments')?.children ?? [])
    if (keyword.type === 'keyword_argument' && /^inplace\s*=\s*True$/.test(textOf(keyword))) return false;
  return true;
}

function returnsValue(definition: SyntaxNode): boolean {
  for (const node of walk(definition))
    if (node.type === 'return_statement' && node.children.length > 0) return true;
  return false;
}
