import type { Analysis, Call } from '../analysis.ts';
import { textOf, walk } from '../python/node.ts';
import { enclosingDefinition } from '../python/statement.ts';
import type { Rule } from './rule.ts';

const SLEEPS = /^(time|asyncio|trio|anyio|gevent)\.sleep$/;

export const fixedSleep: Rule = {
  id: 'fixed-sleep',
  severity: 'warning',
  title: 'waiting for a fixed time instead of backing off',
  why: 'Too long on a good day, too short on a bad one; many workers wake at the same moment and are refused together.',
  fix: '`embed: { limits: { rpm: ..., tpm: ... } }` paces requests; waits grow, are spread, and follow `Retry-After`.',
  *check(analysis) {
    for (const call of analysis.calls)
      if (SLEEPS.test(call.path) && isFixed(call, analysis))
        yield { at: call.node, message: `\`${textOf(call.node)}\` always waits the same time` };
  },
};

function isFixed({ node, arguments: { positional, named } }: Call, analysis: Analysis): boolean {
  const seconds = positional[0] ?? named.get('delay') ?? named.get('seconds');
  if (!seconds) return false;
  const value = analysis.knownOf(seconds).literal;
  if (typeof value !== 'number' || value === 0) return false;
  return seconds.type !== 'identifier' || !grows(textOf(seconds), enclosingDefinition(node) ?? rootOf(node));
}

/** `delay *= 2` or `delay = delay * 2` somewhere in the same function. */
function grows(name: string, within: ReturnType<typeof rootOf>): boolean {
  for (const node of walk(within)) {
    if (node.type === 'augmented_assignment' && textOf(node.children[0]!) === name) return true;
    if (
      node.type === 'assignment' &&
      textOf(node.children[0]!) === name &&
      (node.children.at(-1)?.children.length ?? 0) > 0
    )
      return true;
  }
  return false;
}

function rootOf(node: Call['node']): Call['node'] {
  let root = node;
  while (root.parent) root = root.parent;
  return root;
}
