import type { ColumnValue } from './column-batch.ts';
import { SchemaMismatchError } from './errors.ts';
import { valueLiteral } from './literal.ts';
import type { StructField } from './schema.ts';
import { quoteIdentifier } from './sql.ts';

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * What must hold of a row's column; of several, all must hold. Values have the form that they have in a batch.
 * As in SQL, a comparison with null never holds; text is compared by code points, NaN is above every number.
 */
export type Condition =
  | { column: string; op: Comparison; value: ColumnValue }
  | { column: string; op: 'in'; values: readonly ColumnValue[] }
  | { column: string; op: 'is null' | 'is not null' };

/** The conditions as SQL. Throws SchemaMismatchError for a column that is not there, or a value of another type. */
export function conditionSql(where: readonly Condition[], fields: readonly StructField[]): string {
  return where.map((condition) => oneSql(condition, fieldOf(condition.column, fields))).join(' AND ');
}

export function fieldOf(name: string, fields: readonly StructField[]): StructField {
  const found = fields.find((field) => field.name === name);
  if (found === undefined) {
    const names = fields.map((field) => field.name).join(', ');
    throw new SchemaMismatchError(`The table has no column ${name}; it has ${names}.`);
  }
  return found;
}

function oneSql(condition: Condition, field: StructField): string {
  const column = quoteIdentifier(field.name);
  switch (condition.op) {
    case 'is null':
      return `${column} IS NULL`;
    case 'is not null':
      return `${column} IS NOT NULL`;
    case 'in': {
      const literals = condition.values.map((value) => valueLiteral(value, field));
      return literals.length === 0 ? 'false' : `${column} IN (${literals.join(', ')})`;
    }
    default:
      return `${column} ${condition.op} ${valueLiteral(condition.value, field)}`;
  }
}
