import type { Analysis } from '../analysis.ts';
import type { Binding } from '../flow/flow.ts';
import { isFrame } from '../flow/value.ts';
import { isTrue } from '../python/call.ts';
import { ancestors, bare, field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { enclosingDefinition } from '../python/statement.ts';
import type { Hit, Rule } from './rule.ts';

const IN_PLACE =
  /^(drop|dropna|fillna|drop_duplicates|reset_index|set_index|rename|sort_values|sort_index|replace|query|eval|insert|pop)$/;

export const dfReassign: Rule = {
  id: 'df-reassign',
  severity: 'warning',
  title: 'a data frame of another cell replaced or changed in place',
  why: 'What the name means depends on which cells ran, how often and in which order: a cell run twice gives other rows.',
  fix: 'Give each step a name of its own. In the pipeline each step reads one table version and writes another.',
  *check(analysis) {
    yield* replaced(analysis);
    yield* changed(analysis);
  },
};

/** One hit for each name and cell: the first statement that replaces what another cell made. */
function* replaced({ flow }: Analysis): Iterable<Hit> {
  const first = new Map<string, Binding>();
  const reported = new Set<string>();
  for (const binding of flow.bindings) {
    const { name, statement, owner } = binding;
    if (owner || !isTable(binding) || isAlternative(statement)) continue;
    const before = first.get(name);
    if (!before) first.set(name, binding);
    const key = `${statement.source.cell} ${name}`;
    if (!before || before.statement.source === statement.source || reported.has(key)) continue;
    if (!replaces(binding)) continue;
    reported.add(key);
    yield { at: statement, message: `\`${name}\` of cell ${before.statement.source.cell} is replaced here` };
  }
}

function isTable({ value, name }: Binding): boolean {
  return isFrame(value) && !value.few && name !== '_' && value.path !== 'datasets.DatasetDict';
}

/** Read or built anew, or made of itself. A name for whatever a query gave is not the same table twice. */
function replaces({ name, statement, value }: Binding): boolean {
  const right = field(statement, 'right');
  if (!right) return false;
  if (value.call === bare(right)) return true;
  return [...walk(right)].some(
    (node) => node.type === 'identifier' && node.field !== 'attribute' && textOf(node) === name,
  );
}

/** In a branch or a handler: one of two ways to the same table. */
function isAlternative(statement: SyntaxNode): boolean {
  for (const up of ancestors(statement))
    if (/^(else_clause|except_clause|for_statement)$/.test(up.type)) return true;
  return false;
}

/** `df.drop(..., inplace=True)` on a frame that another cell made. */
function* changed({ calls, flow }: Analysis): Iterable<Hit> {
  for (const { node, name, receiver, receiverNode, arguments: args } of calls) {
    const inPlace = isTrue(args.named.get('inplace')) && name !== undefined && IN_PLACE.test(name);
    if (!inPlace || receiver.type !== 'pandas.DataFrame' || receiverNode?.type !== 'identifier') continue;
    if (enclosingDefinition(node)) continue;
    const frame = textOf(receiverNode);
    const made = flow.bindings
      .filter((one) => one.name === frame && !one.owner && one.statement.source.cell <= node.source.cell)
      .at(-1);
    if (made && made.statement.source !== node.source)
      yield { at: node, message: `\`${frame}\` of cell ${made.statement.source.cell} is changed in place` };
  }
}
