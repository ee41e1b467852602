import type { Cell } from './notebook/notebook.ts';

const COMMENT = /#\s*throughline:\s*ignore(-file)?\b:?([ \t\w,-]*)/;

interface Place {
  readonly rule: string;
  readonly cell: number;
  readonly line: number;
  readonly endLine: number;
}

/**
 * Reads the comments `# throughline: ignore RULE[, RULE]` (for the line that they stand on, or the next where they
 * stand alone) and `# throughline: ignore-file RULE`. Without a rule they stand for all rules.
 */
export function suppressions(cells: readonly Cell[]): (finding: Place) => boolean {
  const everywhere = new Set<string>();
  const byLine = new Map<string, Set<string>>();
  for (const { index, kind, source } of cells) {
    if (kind !== 'code' || !source.includes('throughline:')) continue;
    source.split('\n').forEach((text, offset) => {
      const comment = COMMENT.exec(text);
      if (!comment) return;
      const rules = rulesOf(comment[2]!);
      if (comment[1]) for (const rule of rules) everywhere.add(rule);
      else byLine.set(`${index}:${offset + (text.trimStart().startsWith('#') ? 2 : 1)}`, rules);
    });
  }
  return ({ rule, cell, line, endLine }) => {
    if (has(everywhere, rule)) return true;
    for (let at = line; at <= endLine; at++) if (has(byLine.get(`${cell}:${at}`), rule)) return true;
    return false;
  };
}

function rulesOf(list: string): Set<string> {
  const names = list.split(/[\s,]+/).filter((name) => name !== '');
  return new Set(names.length > 0 ? names : ['*']);
}

function has(rules: ReadonlySet<string> | undefined, rule: string): boolean {
  return rules !== undefined && (rules.has(rule) || rules.has('*'));
}
