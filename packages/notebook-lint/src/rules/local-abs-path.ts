import { isInterpolated, stringText } from '../python/call.ts';
import { type SyntaxNode, walk } from '../python/node.ts';
import type { Rule } from './rule.ts';

const UNIX =
  /^(file:\/\/)?\/(Users|home|root|content|kaggle|mnt|media|tmp|private|workspaces?|notebooks|opt|scratch|gpfs|nfs|export\/home)\/[^\s<>{}*?]+/;
const WINDOWS = /^[A-Za-z]:[\\/](?![\\/])[^\s:]/;

export const localAbsPath: Rule = {
  id: 'local-abs-path',
  severity: 'error',
  title: 'an absolute path of one machine',
  why: 'The path exists on one laptop or hosted notebook: anywhere else the run ends at its first line, or reads another file.',
  fix: `Give a path relative to \`throughline.yaml\`, a bucket (\`s3://...\`), or the environment: \`path: \${DATA}\`.`,
  *check({ trees, magics }) {
    for (const tree of trees)
      for (const node of walk(tree)) {
        if (node.type !== 'string' || isDocstring(node)) continue;
        const path = pathOf(node);
        if (path !== undefined) yield { at: node, message: `\`${path}\` is a path of one machine` };
      }
    for (const { name, cell, lines, kind } of magics) {
      const [{ line, text }] = lines as [(typeof lines)[number]];
      const path = name === 'cd' && kind !== 'cell' ? /\bcd\s+["']?([^\s"']+)/.exec(text)?.[1] : undefined;
      if (path !== undefined && (UNIX.test(path) || WINDOWS.test(path)))
        yield { at: { cell, line, endLine: line }, message: `\`${path}\` is a path of one machine` };
    }
  },
};

function pathOf(node: SyntaxNode): string | undefined {
  const text = isInterpolated(node) ? beginningOf(node) : stringText(node)!;
  if (text.length > 300 || text.includes('\n')) return undefined;
  return UNIX.test(text) || WINDOWS.test(text) ? text.slice(0, 60) : undefined;
}

/** What stands before the first interpolation. */
function beginningOf(node: SyntaxNode): string {
  const parts = node.children.filter(({ type }) => type !== 'string_start');
  return parts[0]?.type === 'string_content' ? node.source.code.slice(parts[0].start, parts[0].end) : '';
}

function isDocstring(node: SyntaxNode): boolean {
  return node.parent?.type === 'expression_statement';
}
