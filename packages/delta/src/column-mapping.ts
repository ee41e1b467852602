import type { AddFile, RemoveFile } from './actions.ts';
import type { StructField } from './schema.ts';
import type { Metadata } from './snapshot.ts';

const MODE = 'delta.columnMapping.mode';
const PHYSICAL_NAME = 'delta.columnMapping.physicalName';

/** How columns are found in data files ("Column Mapping"): `none` is by their own name. */
export function mappingMode(metadata: Pick<Metadata, 'configuration'>): string {
  return metadata.configuration[MODE]?.toLowerCase() ?? 'none';
}

/** What a column is called in data files, in partition values and in statistics. */
export type PhysicalName = (field: StructField) => string;

export function physicalNames(metadata: Pick<Metadata, 'configuration'>): PhysicalName {
  if (mappingMode(metadata) === 'none') return (field) => field.name;
  return (field) => {
    const name = field.metadata[PHYSICAL_NAME];
    return typeof name === 'string' ? name : field.name;
  };
}

/** The files with partition values under the names of the columns, as everything outside the log knows them. */
export function logicalPartitions<T extends AddFile | RemoveFile>(
  metadata: Metadata,
  files: readonly T[],
): readonly T[] {
  if (mappingMode(metadata) === 'none' || metadata.partitionColumns.length === 0) return files;
  const physical = physicalNames(metadata);
  const fields = metadata.schema.fields.filter(({ name }) => metadata.partitionColumns.includes(name));
  return files.map((file) => ({
    ...file,
    partitionValues: Object.fromEntries(
      fields.map((field) => [field.name, file.partitionValues?.[physical(field)] ?? null]),
    ),
  }));
}
