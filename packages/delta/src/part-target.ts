import { randomUUID } from 'node:crypto';
import { DeltaError } from './errors.ts';
import { exactPartition, type PartitionValues, partitionPath } from './partition.ts';
import type { StructField, StructType } from './schema.ts';

/** Where a file goes, and what it holds: the partition columns are not among `fields`. */
export interface PartTarget {
  root: string;
  /** below the root, as it is on disk */
  path: string;
  partitionValues: PartitionValues;
  fields: readonly StructField[];
  partitionColumns: readonly string[];
}

export interface PartName {
  root: string;
  /** The table's schema, partition columns included. */
  schema: StructType;
  partitionColumns: string[];
  partition: PartitionValues;
  /** A folder under the partition's, e.g. `attempt-3`. */
  directory?: string;
  /** The first file's name, e.g. `part-00000.parquet`; unique unless given. A second is `part-00000_00001.parquet`. */
  name?: string;
}

/** Where the n-th file of the part goes. Names sort in the order of n: `_` comes after `.`. */
export function partTargets(options: PartName): (index: number) => PartTarget {
  const {
    root,
    schema,
    partitionColumns,
    partition,
    directory,
    name = `part-${randomUUID()}.parquet`,
  } = options;
  const folders = [partitionPath(partitionColumns, partition), directory ?? ''].filter(
    (folder) => folder !== '',
  );
  const path = [...folders, name].join('/');
  if (path.split(/[/\\]/).some((step) => step === '..' || step === '.' || step === '')) {
    throw new DeltaError('INVALID_PATH', `${path}: directory and name must be plain names below the table.`);
  }
  const fields = schema.fields.filter((field) => !partitionColumns.includes(field.name));
  const partitionValues = exactPartition(partitionColumns, partition);
  const numbered = (index: number) => path.replace(/(\.[^./]*)?$/, `_${String(index).padStart(5, '0')}$1`);
  return (index) => ({
    root,
    path: index === 0 ? path : numbered(index),
    partitionValues,
    fields,
    partitionColumns,
  });
}
