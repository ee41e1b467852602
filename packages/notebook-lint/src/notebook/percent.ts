import { trimmed } from './databricks.ts';
import type { Cell, Notebook } from './notebook.ts';

const MARK = /^#[ \t]*%%(.*)$/;

/** A Python file whose cells begin with `# %%` (Jupytext, VS Code, Spyder). */
export function readPercent(lines: readonly string[]): Notebook {
  const cells: Cell[] = [];
  let kind: Cell['kind'] = 'code';
  let body: string[] = [];
  const header = headerLength(lines);
  let firstLine = header + 1;
  const close = (marked: boolean) => {
    const { source, skipped } = trimmed(body);
    if (source === '' && !marked) return;
    const position = { index: cells.length, firstLine: firstLine + skipped };
    cells.push({ ...position, kind, source, executionCount: undefined, outputs: undefined });
  };
  let marked = false;
  lines.slice(header).forEach((line, offset) => {
    const mark = MARK.exec(line);
    if (!mark) {
      body.push(line);
      return;
    }
    close(marked);
    marked = true;
    body = [];
    kind = kindOf(mark[1]!);
    firstLine = header + offset + 2;
  });
  close(marked);
  return { format: 'percent', kernel: { language: 'python', name: '' }, cells, notes: [] };
}

function kindOf(mark: string): Cell['kind'] {
  if (/\[(markdown|md)\]/.test(mark)) return 'markdown';
  return /\[raw\]/.test(mark) ? 'raw' : 'code';
}

/** Jupytext's YAML header is a comment between two lines `# ---`. */
function headerLength(lines: readonly string[]): number {
  if (lines[0]?.trimEnd() !== '# ---') return 0;
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '# ---');
  return end < 0 ? 0 : end + 1;
}
