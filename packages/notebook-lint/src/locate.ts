import type { SyntaxNode } from './python/node.ts';
import { statementOf } from './python/statement.ts';
import type { Lines } from './rules/rule.ts';

export interface Span {
  readonly cell: number;
  readonly line: number;
  readonly endLine: number;
  readonly column: number;
  readonly endColumn: number;
}

/** Where a hit stands in its cell. */
export function locate(at: SyntaxNode | Lines): Span {
  if (!('source' in at)) return { ...at, column: 1, endColumn: 1 };
  const { cell, code } = at.source;
  const start = position(code, at.start);
  const end = position(code, at.end);
  return { cell, line: start.line, endLine: end.line, column: start.column, endColumn: end.column };
}

/** Hits of one rule in one statement are one. */
export function statementKey(at: SyntaxNode | Lines): string {
  if (!('source' in at)) return `${at.cell}:line ${at.line}`;
  return `${at.source.cell}:${statementOf(at).start}`;
}

function position(code: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let at = code.indexOf('\n'); at >= 0 && at < offset; at = code.indexOf('\n', at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}
