import type { Finding, Severity } from '../finding.ts';
import type { LintResult } from '../lint.ts';

/** A notebook that was read, with its findings. */
export interface LintedNotebook {
  readonly file: string;
  readonly result: LintResult;
}

export function allFindings(notebooks: readonly LintedNotebook[]): Finding[] {
  return notebooks.flatMap(({ result }) => result.findings);
}

export type Counts = Readonly<Record<Severity, number>>;

export function countBySeverity(findings: readonly Finding[]): Counts {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

/** `2 errors, 1 warning and 12 notes in 3 notebooks`. */
export function summary(notebooks: readonly LintedNotebook[]): string {
  const { error, warning, info } = countBySeverity(allFindings(notebooks));
  const of = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
  return `${of(error, 'error')}, ${of(warning, 'warning')} and ${of(info, 'note')} in ${of(notebooks.length, 'notebook')}`;
}
