import type { Analysis } from '../analysis.ts';
import { calledName } from '../python/call.ts';
import { ancestors, field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { enclosingDefinition, enclosingLoops } from '../python/statement.ts';

const RETRIES = /retry|retries|backoff|tenacity|stamina|attempts?\b|resilien/i;

/** Whether a call is tried again when it fails: by a decorator, a loop round a try, or who calls its function. */
export function isRetried(node: SyntaxNode, analysis: Analysis, seen = new Set<SyntaxNode>()): boolean {
  if (inRetryLoop(node) || triedAgain(node) || passedToRetry(node)) return true;
  const definition = enclosingDefinition(node);
  if (!definition || seen.has(definition)) return false;
  seen.add(definition);
  if (decoratedToRetry(definition) || wrapped(definition, analysis)) return true;
  const callers = [...(analysis.flow.callers.get(definition) ?? [])];
  return callers.length > 0 && callers.every((call) => isRetried(call, analysis, seen));
}

function decoratedToRetry(definition: SyntaxNode): boolean {
  const { parent } = definition;
  if (parent?.type !== 'decorated_definition') return false;
  return parent.children.some((child) => child.type === 'decorator' && RETRIES.test(textOf(child)));
}

/** `get = retry(...)(get)`, `retryer(get, text)`: the function is given to something that tries again. */
function wrapped(definition: SyntaxNode, { calls }: Analysis): boolean {
  const name = textOf(field(definition, 'name') ?? definition);
  return calls.some(({ node, arguments: args }) => {
    if (![...args.positional, ...args.named.values()].some((argument) => textOf(argument) === name))
      return false;
    return RETRIES.test(textOf(node.children[0]!));
  });
}

/** `for attempt in range(5): try: ...`, `while True: try: ...`: the handler does not leave the loop. */
function inRetryLoop(node: SyntaxNode): boolean {
  const loops = enclosingLoops(node);
  let below: SyntaxNode = node;
  for (const up of ancestors(node)) {
    if (up.type === 'function_definition') return false;
    if (up.type === 'try_statement' && below.field === 'body') {
      const loop = loops.find((one) => one.start < up.start && one.end >= up.end);
      if (loop && goesRound(loop, up)) return true;
    }
    if (up.type === 'for_statement' && RETRIES.test(textOf(field(up, 'right') ?? up))) return true;
    below = up;
  }
  return false;
}

/** Whether the loop is there to try again: it counts attempts, or is left when the call has succeeded. */
function goesRound(loop: SyntaxNode, tried: SyntaxNode): boolean {
  const handlers = tried.children.filter(({ type }) => type === 'except_clause');
  const waits = handlers.some((handler) =>
    [...walk(handler)].some((node) => node.type === 'call' && /sleep|wait/.test(calledName(node) ?? '')),
  );
  const leaves = [...walk(tried)].some(
    ({ type }) => type === 'break_statement' || type === 'return_statement',
  );
  if (loop.type === 'while_statement') return leaves || waits || setsCondition(loop, tried);
  const left = textOf(field(loop, 'left') ?? loop);
  return (leaves && /attempt|retry|retries|try|^_$|^i$/.test(left)) || (RETRIES.test(left) && waits);
}

/** `while not done: try: ...; done = True`. */
function setsCondition(loop: SyntaxNode, tried: SyntaxNode): boolean {
  const condition = textOf(field(loop, 'condition') ?? loop);
  for (const node of walk(tried))
    if (
      /assignment$/.test(node.type) &&
      new RegExp(`\\b${escaped(textOf(node.children[0]!))}\\b`).test(condition)
    )
      return true;
  return false;
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, '\\$&');
}

/** The handler of the try round the call makes the same call again; or the call stands in such a handler. */
function triedAgain(node: SyntaxNode): boolean {
  const called = textOf(node.children[0]!);
  let below: SyntaxNode = node;
  for (const up of ancestors(node)) {
    if (up.type === 'function_definition') return false;
    if (up.type === 'try_statement') {
      const others = up.children.filter((part) =>
        below.field === 'body'
          ? part.type === 'except_clause'
          : part.field === 'body' && below.type === 'except_clause',
      );
      if (others.some((part) => calls(part, called))) return true;
    }
    below = up;
  }
  return false;
}

function calls(part: SyntaxNode, called: string): boolean {
  for (const inner of walk(part))
    if (inner.type === 'call' && textOf(inner.children[0]!) === called) return true;
  return false;
}

/** `retry_call(lambda: openai.Embedding.create(...))`, `retry(get)(...)`. */
function passedToRetry(node: SyntaxNode): boolean {
  for (const up of ancestors(node)) {
    if (up.type === 'function_definition') return false;
    if (up.type === 'call' && RETRIES.test(textOf(up.children[0]!).replace(/\(.*$/s, ''))) return true;
    if (up.type === 'with_statement' && /\battempt\b/.test(textOf(up.children[0]!))) return true;
  }
  return false;
}
