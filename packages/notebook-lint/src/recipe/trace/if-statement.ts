import { field, fields, type SyntaxNode, textOf, walk } from '../../python/node.ts';
import { runEither } from './branches.ts';
import { evaluate } from './expression.ts';
import { runBlock } from './statement.ts';
import type { Trace } from './trace.ts';
import type { Condition, Env, Traced } from './traced.ts';

/** One side where the condition is a known constant; else both, each from the same state. */
export function runIf(node: SyntaxNode, env: Env, trace: Trace): void {
  runSides(node, [node, ...fields(node, 'alternative')], env, trace);
}

function runSides(node: SyntaxNode, [side, ...rest]: readonly SyntaxNode[], env: Env, trace: Trace): void {
  if (!side) return;
  const condition = field(side, 'condition');
  const body = field(side, 'consequence') ?? field(side, 'body');
  if (!condition) {
    runBlock(body, env, trace);
    return;
  }
  const value = evaluate(condition, env, trace);
  const decided = isMain(condition) || (changesInLoop(condition) ? undefined : truthOf(value));
  if (decided === true) runBlock(body, env, trace);
  else if (decided === false) runSides(node, rest, env, trace);
  else {
    const meant = value.is === 'mask' ? value.condition : ({ op: 'other', node: condition } as const);
    const not: Condition =
      meant.op === 'other' ? meant : meant.op === 'not' ? meant.of : { op: 'not', of: meant };
    const before = trace.guards.length;
    const run = (guard: Condition, go: () => void) => () => {
      if (trace.inRows) trace.guards.push({ op: 'filter', condition: guard, node: condition });
      go();
      trace.guards.length = before;
    };
    runEither(
      node,
      [run(meant, () => runBlock(body, env, trace)), run(not, () => runSides(node, rest, env, trace))],
      env,
    );
    if (!trace.inRows) return;
    if (leaves(body)) trace.guards.push({ op: 'filter', condition: not, node: condition });
    else if (rest.some(skips) || skips(body))
      trace.guards.push({ op: 'filter', condition: { op: 'other', node: condition }, node: condition });
    else if (rest.length === 1 && leaves(field(rest[0]!, 'body')))
      trace.guards.push({ op: 'filter', condition: meant, node: condition });
  }
}

function isMain(condition: SyntaxNode): true | undefined {
  return /^__name__\s*==\s*["']__main__["']$/.test(textOf(condition)) || undefined;
}

/** Whether the value is true in Python, where it is known. */
function truthOf(value: Traced): boolean | undefined {
  return value.is === 'constant' ? Boolean(value.value) : undefined;
}

const SKIPS = /^(continue|break)_statement$/;

/** Whether rows that come here go no further: `continue` without a condition. */
function leaves(block: SyntaxNode | undefined): boolean {
  return block?.children.at(-1)?.type === 'continue_statement';
}

/** Whether some of the rows that come here go no further. */
function skips(block: SyntaxNode | undefined): boolean {
  if (!block) return false;
  return block.children.some(
    (child) => SKIPS.test(child.type) || (!/^(for|while)_statement$/.test(child.type) && skips(child)),
  );
}

const LOOPS = /^(for_statement|while_statement)$/;

/** Whether a name of the condition gets another value in a loop round it: then it is not the same each time. */
function changesInLoop(condition: SyntaxNode): boolean {
  const names = new Set([...walk(condition)].filter(({ type }) => type === 'identifier').map(textOf));
  for (let up = condition.parent; up && up.type !== 'function_definition'; up = up.parent)
    if (LOOPS.test(up.type) && [...walk(up)].some((at) => assigns(at, names))) return true;
  return false;
}

function assigns(at: SyntaxNode, names: ReadonlySet<string>): boolean {
  if (!/^(assignment|augmented_assignment|for_statement)$/.test(at.type)) return false;
  const left = field(at, 'left');
  return left !== undefined && [...walk(left)].some((one) => names.has(textOf(one)));
}
