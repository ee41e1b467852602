import { locate } from '../locate.ts';
import { type SyntaxNode, textOf } from '../python/node.ts';
import { statementOf } from '../python/statement.ts';
import type { Fact, Origin } from './recipe.ts';

const MOST_LINES = 3;
const MOST_CHARACTERS = 200;

/** Where the statement of a node stands, and its first lines. */
export function originOf(node: SyntaxNode): Origin {
  const statement = statementOf(node);
  const at = statement.end - statement.start > 2_000 ? node : statement;
  const { cell, line } = locate(node);
  const lines = textOf(at).split('\n');
  const shown = lines.slice(0, MOST_LINES).join('\n');
  const cut = lines.length > MOST_LINES || shown.length > MOST_CHARACTERS;
  return { cell, line, source: cut ? `${shown.slice(0, MOST_CHARACTERS)} ...` : shown };
}

/** The last of several places decides: what a notebook says later holds. The others stay, where they say something else. */
export function lastOf<T>(found: readonly { value: T; node: SyntaxNode }[]): Fact<T> | undefined {
  const last = found.at(-1);
  if (!last) return undefined;
  const said = JSON.stringify(last.value);
  const seen = new Set([said]);
  const alternatives = found.flatMap(({ value, node }) => {
    const text = JSON.stringify(value);
    if (seen.has(text)) return [];
    seen.add(text);
    return [{ value, origin: originOf(node) }];
  });
  return { value: last.value, origin: originOf(last.node), alternatives };
}

export function factOf<T>(value: T, node: SyntaxNode): Fact<T> {
  return { value, origin: originOf(node), alternatives: [] };
}
