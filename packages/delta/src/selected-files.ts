import type { AddFile } from './actions.ts';
import { physicalNames } from './column-mapping.ts';
import type { Condition } from './condition.ts';
import { mayMatch } from './file-skipping.ts';
import { matchesFilter, type PartitionFilter } from './partition.ts';
import type { Snapshot } from './snapshot.ts';

/** Which of a snapshot's files to read, and of their rows. */
export interface FileSelection {
  /** Some of the snapshot's files, sorted by path; all of them unless given. */
  files?: readonly AddFile[];
  /** Files of other partitions are not opened. */
  partition?: PartitionFilter;
  /** Only rows for which all of this holds; files whose statistics rule it out are not opened. */
  where?: readonly Condition[];
}

/** The live files that can hold a row of these partitions for which all conditions hold, sorted by path. */
export async function selectedFiles(
  snapshot: Snapshot,
  { files, partition, where = [] }: FileSelection,
): Promise<AddFile[]> {
  const { schema, partitionColumns } = snapshot.metadata;
  const table = { fields: schema.fields, partitionColumns, physical: physicalNames(snapshot.metadata) };
  return (files ?? (await snapshot.files())).filter(
    (file) => matchesFilter(file.partitionValues, partition) && mayMatch(file, where, table),
  );
}
