import type { Analysis, Call } from '../analysis.ts';
import { isColumn, isFrame, type Value } from '../flow/value.ts';
import { calledName, receiverOf } from '../python/call.ts';
import { bare, field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import type { Hit, Rule } from './rule.ts';

const ROWS = /^(iterrows|itertuples|iter_rows)$/;
const MAPS = /^(apply|progress_apply|parallel_apply|map_elements)$/;

export const rowWise: Rule = {
  id: 'row-wise',
  severity: 'warning',
  title: 'a loop or apply that runs Python once for each row',
  why: 'Time grows with rows times Python: minutes on the sample are days on the full history, on one core.',
  fix: '`transform: [{ sql: ... }]` works on whole chunks and `embed:` on whole batches, over all cores or Spark; a function of your own stays as `embed: { command: [python3, embed.py] }`.',
  *check(analysis) {
    for (const call of analysis.calls) yield* applied(call, analysis);
    for (const tree of analysis.trees)
      for (const node of walk(tree)) {
        if (node.type === 'for_statement') yield* looped(node, analysis);
        else if (node.type === 'for_in_clause') yield* comprehended(node, analysis);
      }
  },
};

/** `df.apply(f, axis=1)`, `df.text.apply(f)`, `df.text.map(f)`, `df.applymap(f)`. */
function* applied(
  { node, name, receiver, receiverNode, arguments: args, path }: Call,
  analysis: Analysis,
): Iterable<Hit> {
  if (name === undefined || (receiver.cut === true && receiver.few)) return;
  const message = `\`${name}\` runs Python once for each row`;
  const axis = args.named.get('axis');
  const byRow = axis !== undefined && /^(1|"columns"|'columns')$/.test(textOf(axis));
  if (MAPS.test(name) && path.includes('GroupBy')) return;
  if (MAPS.test(name) && byRow) yield { at: node, message };
  else if (MAPS.test(name) && (isColumn(receiver) || looksLikeColumn(receiver, receiverNode)))
    yield { at: node, message };
  else if (name === 'applymap' && receiver.type === 'pandas.DataFrame') yield { at: node, message };
  else if (name === 'map' && receiver.type === 'pandas.Series' && isFunction(args.positional[0], analysis))
    yield { at: node, message };
  else if (path === 'builtins.map' && isColumn(analysis.knownOf(args.positional[1])))
    yield { at: node, message };
}

/** `frame["text"].apply(...)` where what `frame` is is not known: nothing else is applied so. */
function looksLikeColumn(receiver: Value, node: SyntaxNode | undefined): boolean {
  if (receiver.type !== 'unknown' || !node) return false;
  return node.type === 'subscript' && field(node, 'subscript')?.type === 'string';
}

function isFunction(node: SyntaxNode | undefined, analysis: Analysis): boolean {
  if (!node) return false;
  return node.type === 'lambda' || analysis.knownOf(node).definition !== undefined;
}

function* looped(loop: SyntaxNode, analysis: Analysis): Iterable<Hit> {
  const right = field(loop, 'right');
  if (right && walksRows(right, analysis))
    yield { at: right, message: 'The loop runs Python once for each row' };
}

/** Only comprehensions that call something for each row: a plain copy of a column is cheap. */
function* comprehended(clause: SyntaxNode, analysis: Analysis): Iterable<Hit> {
  const right = field(clause, 'right');
  if (!right || !walksRows(right, analysis)) return;
  const body = field(clause.parent, 'body');
  const calls = body !== undefined && [...walk(body)].some(({ type }) => type === 'call');
  const explicit = ROWS.test(calledName(innermost(right)) ?? '');
  if (calls || explicit) yield { at: right, message: 'The comprehension runs Python once for each row' };
}

const WRAPPERS = /^(enumerate|zip|tqdm|list|reversed|track|tqdm_notebook|iter)$/;

function innermost(node: SyntaxNode): SyntaxNode {
  const inner = bare(node);
  if (inner.type !== 'call' || !WRAPPERS.test(calledName(inner) ?? '')) return inner;
  const first = field(inner, 'arguments')?.children[0];
  return first ? innermost(first) : inner;
}

/** Whether the loop goes over all rows of a table. Over columns, groups, distinct values or a cut it does not. */
function walksRows(right: SyntaxNode, analysis: Analysis): boolean {
  const inner = innermost(right);
  const value = analysis.knownOf(inner);
  const name = inner.type === 'call' ? calledName(inner) : undefined;
  if (name !== undefined && ROWS.test(name))
    return value.cut !== true && !value.few && !isAnswer(inner, analysis);
  if (value.cut || value.few) return false;
  if (name === 'range') return countsRows(inner, analysis);
  if (value.type === 'datasets.Column' || value.type === 'pandas.Series') return true;
  if (value.type === 'datasets.Dataset') return value.path !== 'datasets.DatasetDict';
  if (inner.type === 'call' && value.type === 'list' && value.frame !== undefined)
    return /\.(tolist|to_list|to_numpy|to_dict|collect)\(\)$|^spark\.rows$/.test(value.path ?? '');
  return inner.type === 'attribute' && value.frame !== undefined && /\.(values|index)$/.test(textOf(inner));
}

/** What a search gave, or the first rows: a few, whatever the table holds. */
function isAnswer(call: SyntaxNode, { knownOf }: Analysis): boolean {
  const owner = receiverOf(call);
  if (!owner) return false;
  const { type, path } = knownOf(owner);
  if (/\.(limit|search|query|similarity_search)\(\)/.test(path ?? '')) return true;
  if (/\.(head|tail|nlargest|nsmallest|limit)\([^()]*\)$/.test(textOf(owner))) return true;
  return type === 'unknown' && /^\w*(results?|hits|matches|neighbou?rs)\w*$/i.test(textOf(owner));
}

/** `range(len(df))`, without a step. */
function countsRows(range: SyntaxNode, { knownOf }: Analysis): boolean {
  const args = field(range, 'arguments')?.children ?? [];
  const stop = args.length === 1 ? args[0] : args.length === 2 ? args[1] : undefined;
  if (!stop) return false;
  if (stop.type === 'call' && calledName(stop) === 'len') {
    const counted = knownOf(field(stop, 'arguments')?.children[0]);
    return (isFrame(counted) || isColumn(counted)) && !counted.cut && !counted.few;
  }
  const shape = /^(.*)\.shape\[0\]$/.exec(textOf(stop));
  return shape !== null && isFrame(knownOf(field(field(stop, 'value'), 'object')));
}
