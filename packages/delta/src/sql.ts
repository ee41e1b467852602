/** An identifier for DuckDB's SQL, whatever characters it holds. */
export function quoteIdentifier(name: string): string {
  return `"${refuseNul(name).replaceAll('"', '""')}"`;
}

/** A string literal for DuckDB's SQL, whatever characters it holds. */
export function quoteLiteral(text: string): string {
  return `'${refuseNul(text).replaceAll("'", "''")}'`;
}

function refuseNul(text: string): string {
  if (text.includes('\0')) throw new TypeError('SQL text cannot hold the character U+0000.');
  return text;
}

/**
 * A literal path for DuckDB's readers, which take every path for a pattern and would read a[1].csv out of a1.csv.
 * Beside a backslash, which patterns have no way to name, the path stays as it is: it is read where no other file fits.
 */
export function quotePath(path: string): string {
  return quoteLiteral(path.includes('\\') ? path : path.replace(/[*?[]/g, '[$&]'));
}
