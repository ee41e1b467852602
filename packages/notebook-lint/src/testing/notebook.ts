import assert from 'node:assert/strict';
import { lintNotebook } from '../lint.ts';

/** Code as a notebook whose cells begin at `# %%`: `# !` at the end of a line marks a finding that is expected there. */
export async function assertMarked(rule: string, code: string): Promise<void> {
  const text = code.startsWith('\n# %%') ? code.slice(1) : `# %%${code}`;
  const { findings, cells } = await lintNotebook(text, { file: 'test.py', rules: [rule] });
  const found = findings.map(({ cell, line }) => cells[cell]!.firstLine! + line - 1);
  const lines = text.split('\n');
  const marked = lines.flatMap((line, index) => (/# !/.test(line) ? [index + 1] : []));
  const show = (numbers: readonly number[]) => numbers.map((number) => lines[number - 1]!.trim());
  assert.deepEqual(show([...new Set(found)]), show(marked));
}

export interface TestCell {
  source: string;
  /** null: not run. */
  count?: number | null;
  /** Types of the saved outputs. */
  outputs?: readonly string[];
  kind?: 'code' | 'markdown';
}

/** A notebook as Jupyter writes it. */
export function ipynb(
  cells: readonly TestCell[],
  metadata: object = { kernelspec: { name: 'python3', language: 'python' } },
): string {
  const written = cells.map(({ source, count = null, outputs = [], kind = 'code' }) => ({
    cell_type: kind,
    metadata: {},
    source: source.split(/(?<=\n)/),
    ...(kind === 'code' && {
      execution_count: count,
      outputs: outputs.map((output_type) => ({ output_type })),
    }),
  }));
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: written });
}
