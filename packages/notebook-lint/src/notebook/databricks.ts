import type { Cell, Notebook } from './notebook.ts';

const SEPARATOR = /^# COMMAND -{10}/;
const MARKDOWN = /^# MAGIC\s+%md/;

/** A notebook that Databricks exported as a Python file. Lines of another language begin with `# MAGIC`. */
export function readDatabricks(lines: readonly string[]): Notebook {
  const cells: Cell[] = [];
  let body: string[] = [];
  let firstLine = 2;
  const close = () => {
    const { source, skipped } = trimmed(body);
    if (source !== '') cells.push(cellOf(source, cells.length, firstLine + skipped));
  };
  lines.forEach((line, index) => {
    if (index === 0) return;
    if (!SEPARATOR.test(line)) {
      body.push(line);
      return;
    }
    close();
    body = [];
    firstLine = index + 2;
  });
  close();
  return { format: 'databricks', kernel: { language: 'python', name: 'databricks' }, cells, notes: [] };
}

function cellOf(source: string, index: number, firstLine: number): Cell {
  const kind = MARKDOWN.test(source) ? 'markdown' : 'code';
  return { index, kind, source, executionCount: undefined, outputs: undefined, firstLine };
}

/** Without the empty lines that the export puts round a cell. */
export function trimmed(body: readonly string[]): { source: string; skipped: number } {
  const skipped = body.findIndex((line) => line.trim() !== '');
  if (skipped < 0) return { source: '', skipped: 0 };
  return { source: body.slice(skipped).join('\n').trimEnd(), skipped };
}
