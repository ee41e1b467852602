import { type SyntaxNode, textOf, walk } from '../python/node.ts';
import type { Rule } from './rule.ts';

const BROAD = /^(Base)?Exception$/;

export const broadExcept: Rule = {
  id: 'broad-except',
  severity: 'warning',
  title: 'except that catches everything and goes on',
  why: 'A wrong key, a full disk and a bad row look alike: the job ends green with rows missing.',
  fix: 'Catch what you expect and let the rest fail: a row that cannot be processed is a dead letter with its reason (`throughline dlq list`).',
  *check({ trees }) {
    for (const tree of trees)
      for (const node of walk(tree)) {
        const caught = node.type === 'except_clause' ? caughtBy(node) : undefined;
        if (caught !== undefined && !raises(node))
          yield {
            at: headerOf(node),
            message: `${caught} catches every error and the run goes on without a trace`,
          };
      }
  },
};

function caughtBy(clause: SyntaxNode): string | undefined {
  const [first] = clause.children;
  if (!first || first.type === 'block') return '`except:`';
  const caught = first.type === 'as_pattern' ? first.children[0]! : first;
  const names = caught.type === 'tuple' ? caught.children.map(textOf) : [textOf(caught)];
  return names.some((name) => BROAD.test(name)) ? `\`except ${textOf(caught)}\`` : undefined;
}

function raises(clause: SyntaxNode): boolean {
  for (const node of walk(clause)) if (node.type === 'raise_statement') return true;
  return false;
}

/** The clause without its body. */
function headerOf(clause: SyntaxNode): SyntaxNode {
  const colon = clause.source.code.indexOf(
    ':',
    clause.children.find(({ type }) => type !== 'block')?.end ?? clause.start,
  );
  return { ...clause, end: Math.max(clause.start + 6, colon) };
}
