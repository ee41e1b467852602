import type { Analysis, Call } from '../analysis.ts';
import { field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { drawsPlot } from './plots.ts';
import type { Hit, Rule } from './rule.ts';
import { shownExpressions } from './shown-expression.ts';

const PRINTS =
  /^(builtins\.(print|display)|pprint\.(pprint|pp)|rich\.print|rich\.console\.Console\.print|sys\.stdout\.write|IPython\.(core\.)?display\.(display|publish_display_data))$/;
const SHOWS_TABLE = /^(spark\.DataFrame\.(show|printSchema|display)|pandas\.DataFrame\.info)$/;

export const printDisplay: Rule = {
  id: 'print-display',
  severity: 'info',
  title: 'print, display or a bare expression instead of a log',
  why: 'Nobody watches the output of a job that runs at night: what was only shown is lost, or fills the log unsorted.',
  fix: 'Leave it out: `throughline run` logs and counts each step, `throughline status` and `throughline runs` show it.',
  *check(analysis) {
    for (const call of analysis.calls) if (isPrint(call)) yield { at: call.node, message: messageOf(call) };
    for (const tree of analysis.trees) yield* printStatements(tree);
    for (const expression of shownExpressions(analysis)) yield* shown(expression, analysis);
  },
};

function isPrint({ path, arguments: { named } }: Call): boolean {
  if (SHOWS_TABLE.test(path)) return true;
  return PRINTS.test(path) && !named.has('file');
}

function messageOf({ node }: Call): string {
  return `\`${textOf(field(node, 'function')!).slice(0, 40)}\` writes to the notebook, not to a log`;
}

/** Python 2. */
function* printStatements(tree: SyntaxNode): Iterable<Hit> {
  for (const node of walk(tree))
    if (node.type === 'print_statement')
      yield { at: node, message: '`print` writes to the notebook, not to a log' };
}

function* shown(expression: SyntaxNode, analysis: Analysis): Iterable<Hit> {
  if (drawsPlot(expression, analysis)) return;
  yield { at: expression, message: 'The last expression of the cell is shown below it and kept nowhere' };
}
