export type Cell = string | number | boolean | null | undefined;

/**
 * Lines of CSV (RFC 4180). A text that a spreadsheet would run as a formula begins with an apostrophe instead
 * (OWASP, CSV injection); numbers stay numbers.
 */
export function csv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function cell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
