import { createHash } from 'node:crypto';
import { InvalidCommitError } from './errors.ts';

/** The partition of a file: the raw value of each partition column, as in `partitionValues`. */
export type PartitionValues = Record<string, string | null>;

/** Which partitions to read: these values, or those for which the function holds. */
export type PartitionFilter = PartitionValues | ((values: PartitionValues) => boolean);

/**
 * The folder of a partition below the table's root, as it is on disk: `_chunk=d%3A2024-01-01`. The name is a
 * convention that no reader relies on, so a value too long for a file name is shortened to a digest.
 */
export function partitionPath(partitionColumns: readonly string[], partition: PartitionValues): string {
  const values = exactPartition(partitionColumns, partition);
  return Object.entries(values).map(folderOf).join('/');
}

/**
 * The values of all partition columns, in the columns' order, "" as null ("Partition Value Serialization").
 * Throws InvalidCommitError unless there is one well-formed value for each column and none besides.
 */
export function exactPartition(
  partitionColumns: readonly string[],
  partition: PartitionValues,
): PartitionValues {
  const values: [string, string | null][] = [];
  for (const column of partitionColumns) {
    const value = partition[column];
    if (value === undefined) throw new InvalidCommitError(`No value for the partition column ${column}.`);
    if (value !== null && (!value.isWellFormed() || value.includes('\0'))) {
      throw new InvalidCommitError(`The value of the partition column ${column} is not well-formed Unicode.`);
    }
    values.push([column, value === '' ? null : value]);
  }
  const extra = Object.keys(partition).find((column) => !partitionColumns.includes(column));
  if (extra !== undefined) throw new InvalidCommitError(`${extra} is not a partition column of the table.`);
  return Object.fromEntries(values);
}

/** Whether a file with these values is in the partition; columns that `partition` does not name may hold anything. */
export function inPartition(values: PartitionValues, partition: PartitionValues): boolean {
  return Object.entries(partition).every(([column, value]) => (values[column] || null) === (value || null));
}

export function matchesFilter(values: PartitionValues, filter: PartitionFilter | undefined): boolean {
  if (filter === undefined) return true;
  return typeof filter === 'function' ? filter(values) : inPartition(values, filter);
}

const NULL_FOLDER = '__HIVE_DEFAULT_PARTITION__';
const NAME_BYTES = 240; // file systems allow 255

function folderOf([column, value]: [string, string | null]): string {
  const name = `${hiveEscape(column)}=${value === null ? NULL_FOLDER : hiveEscape(value)}`;
  if (Buffer.byteLength(name) <= NAME_BYTES) return name;
  return `long=${createHash('sha256').update(name).digest('hex')}`;
}

/** The characters that Hive, and with it Spark, escapes in the name of a partition's folder. */
function hiveEscape(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  return text.replace(/[\x01-\x1f\x7f"#%'*/:=?\\{[\]^]/g, percentEscape);
}

function percentEscape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
