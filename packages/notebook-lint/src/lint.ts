import { analyse } from './analysis.ts';
import type { Finding } from './finding.ts';
import { locate, statementKey } from './locate.ts';
import type { Cell, Format, Kernel } from './notebook/notebook.ts';
import { readNotebook } from './notebook/read.ts';
import { loadPython } from './python/parser.ts';
import { RULES } from './rules/index.ts';
import type { Hit, Rule } from './rules/rule.ts';
import { suppressions } from './suppress.ts';

export interface LintOptions {
  /** Name of the file: it stands in the findings, and its ending says what the text is. */
  readonly file: string;
  /** Only these rules, by id. */
  readonly rules?: readonly string[];
  /** Not these rules, by id. */
  readonly ignore?: readonly string[];
}

export interface LintResult {
  /** By cell, line and column. */
  readonly findings: readonly Finding[];
  readonly kernel: Kernel;
  readonly format: Format;
  readonly cells: readonly Cell[];
  /** What a person should know about how the notebook was read, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Reads a notebook and reports what will break in production. The same text gives the same findings.
 * Throws NotebookError where the text is no notebook, RangeError for a rule that does not exist.
 */
export async function lintNotebook(text: string, options: LintOptions): Promise<LintResult> {
  const rules = chosenRules(options);
  const notebook = readNotebook(text, options.file);
  const { kernel, format, cells } = notebook;
  const notes = [...notebook.notes];
  if (kernel.language !== 'python') {
    notes.push(
      `The kernel's language is ${kernel.language || 'unknown'}, not Python: the cells are not linted.`,
    );
    return { findings: [], kernel, format, cells, notes };
  }
  const analysis = analyse(notebook, await loadPython(), notes);
  const isSuppressed = suppressions(cells);
  const findings: Finding[] = [];
  for (const rule of rules)
    for (const hit of firstPerStatement(rule.check(analysis))) {
      const { id, severity, why } = rule;
      const { message, fix } = { fix: rule.fix, ...hit };
      const finding = { file: options.file, rule: id, ...locate(hit.at), severity, message, why, fix };
      if (!isSuppressed(finding)) findings.push(finding);
    }
  return { findings: findings.sort(byPlace), kernel, format, cells, notes };
}

function chosenRules({ rules, ignore = [] }: LintOptions): Rule[] {
  for (const id of [...(rules ?? []), ...ignore])
    if (!RULES.some((rule) => rule.id === id)) throw new RangeError(`there is no rule "${id}"`);
  return RULES.filter(({ id }) => (rules?.includes(id) ?? true) && !ignore.includes(id));
}

function firstPerStatement(hits: Iterable<Hit>): Hit[] {
  const first = new Map<string, Hit>();
  for (const hit of hits) {
    const place = statementKey(hit.at);
    if (!first.has(place)) first.set(place, hit);
  }
  return [...first.values()];
}

function byPlace(a: Finding, b: Finding): number {
  return a.cell - b.cell || a.line - b.line || a.column - b.column || (a.rule < b.rule ? -1 : 1);
}
