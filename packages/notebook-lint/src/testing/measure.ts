import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../finding.ts';
import { lintNotebook } from '../lint.ts';

interface Item {
  readonly cell: number;
  /** null: the cell as a whole. */
  readonly line: number | null;
  readonly rule: string;
  readonly statement?: readonly [number, number];
  readonly certainty?: 'sure' | 'arguable';
}

interface Expected {
  readonly notebook: string;
  readonly expected: readonly Item[];
  readonly not_hazards: readonly Item[];
}

export interface Score {
  found: number;
  missed: number;
  /** Findings that are no item, or that are listed as no hazard. */
  wrong: number;
}

export interface Measured {
  readonly byRule: ReadonlyMap<string, Score>;
  readonly total: Score;
  /** What was missed and what was wrong, in words. */
  readonly faults: readonly string[];
}

/**
 * Lints the annotated notebooks of a folder (`NAME.expected.json`) and counts: a `sure` item is found if a finding of
 * its rule lies in its statement; a finding is wrong if no item, sure or arguable, is there.
 */
export async function measure(folder: string): Promise<Measured> {
  const byRule = new Map<string, Score>();
  const faults: string[] = [];
  const total: Score = { found: 0, missed: 0, wrong: 0 };
  const count = (rule: string, kind: keyof Score) => {
    const score = byRule.get(rule) ?? { found: 0, missed: 0, wrong: 0 };
    score[kind]++;
    total[kind]++;
    byRule.set(rule, score);
  };
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.expected.json'))) {
    const { notebook, expected, not_hazards } = JSON.parse(
      readFileSync(join(folder, name), 'utf8'),
    ) as Expected;
    const { findings } = await lintNotebook(readFileSync(join(folder, notebook), 'utf8'), { file: notebook });
    for (const item of expected) {
      if (item.certainty === 'arguable') continue;
      const found = findings.some((finding) => isAt(finding, item));
      count(item.rule, found ? 'found' : 'missed');
      if (!found) faults.push(`missed: ${notebook} cell ${item.cell} line ${item.line} ${item.rule}`);
    }
    for (const finding of findings) {
      const listed = expected.some((item) => isAt(finding, item));
      const denied = not_hazards.some((item) => isAt(finding, item));
      if (listed && !denied) continue;
      count(finding.rule, 'wrong');
      faults.push(
        `wrong: ${notebook} cell ${finding.cell} line ${finding.line} ${finding.rule}: ${finding.message}`,
      );
    }
  }
  return { byRule, total, faults };
}

function isAt({ rule, cell, line }: Finding, item: Item): boolean {
  if (rule !== item.rule || cell !== item.cell) return false;
  if (item.line === null) return true;
  const [first, last] = item.statement ?? [item.line, item.line];
  return line >= first && line <= last;
}
