import { type CommitOptions, commitChange } from './commit.ts';
import { SchemaMismatchError } from './errors.ts';
import { checkSchema, type StructField, sameSchema, struct } from './schema.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Adds columns at the end of the schema; in rows that are there they are null, so they must be nullable. Columns that
 * the table already has, of the same type, are left as they are: added again, nothing is committed. Throws
 * SchemaMismatchError for a column of another type, or one that no table can have; UnsupportedFeatureError for one that
 * needs a feature which this table does not have, or which is not upheld here. Who holds an older snapshot gets
 * a ConcurrentModificationError at its next commit.
 */
export async function addColumns(
  snapshot: Snapshot,
  columns: readonly StructField[],
  options: CommitOptions = {},
): Promise<Snapshot> {
  const { metadata, root } = snapshot;
  const added = columns.filter((column) => !isThere(snapshot, column));
  if (added.length === 0) return snapshot;
  const notNull = added.find(({ nullable }) => !nullable);
  if (notNull) throw new SchemaMismatchError(`The new column ${notNull.name} of ${root} must be nullable.`);
  const schema = struct([...metadata.schema.fields, ...added]);
  checkSchema(schema, metadata.partitionColumns);
  const change = {
    operation: 'ADD COLUMNS',
    operationParameters: { columns: added.map((column) => ({ column })) },
    add: [],
    metadata: { ...metadata, schema },
  };
  return (await commitChange(snapshot, change, options)).snapshot;
}

function isThere({ metadata, root }: Snapshot, column: StructField): boolean {
  const found = metadata.schema.fields.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
  if (found === undefined) return false;
  if (found.name === column.name && sameSchema(found.type, column.type)) return true;
  const shown = typeof found.type === 'string' ? found.type : found.type.type;
  throw new SchemaMismatchError(`${root} has the column ${found.name} already, of type ${shown}.`);
}
