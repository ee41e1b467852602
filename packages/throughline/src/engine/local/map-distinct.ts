import { quoteLiteral } from '@throughline/delta';
import type { Session } from './session.ts';

/** Appends to `table` a row (value, ...of(value)) for every distinct value of `expression`; bounded by one batch. */
export async function mapDistinct(
  session: Session,
  from: string,
  expression: string,
  table: string,
  of: (value: string) => (string | null)[],
): Promise<void> {
  for await (const rows of session.stream(
    `SELECT DISTINCT ${expression} FROM ${from} WHERE ${expression} IS NOT NULL`,
  )) {
    const values = rows.map(([value]) => {
      const cells = [value as string, ...of(value as string)];
      return `(${cells.map((cell) => (cell === null ? 'NULL' : literal(cell))).join(', ')})`;
    });
    await session.query(`INSERT INTO ${table} VALUES ${values.join(', ')}`);
  }
}

/** Source values may hold NUL bytes, which SQL text cannot. */
function literal(text: string): string {
  return text.split('\0').map(quoteLiteral).join(' || chr(0) || ');
}
