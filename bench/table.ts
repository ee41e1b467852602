export type Row = Readonly<Record<string, unknown>> | object;

/** Rows as aligned text: the columns of all rows in the order of their first appearance, numbers on the right. */
export function formatTable(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => columns.map((column) => cell((row as Record<string, unknown>)[column])));
  const widths = columns.map((column, i) => Math.max(column.length, ...lines.map((line) => line[i]!.length)));
  const numeric = columns.map((column) =>
    rows.every((row) => typeof ((row as Record<string, unknown>)[column] ?? 0) === 'number'),
  );
  const print = (line: readonly string[]) =>
    line
      .map((text, i) => (numeric[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [print(columns), print(widths.map((width) => '-'.repeat(width))), ...lines.map(print)].join('\n');
}

/** Four significant digits: what a bench measures is not known better. Whole numbers stay whole. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
