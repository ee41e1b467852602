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
