/** The partition of a file: the raw value of each partition column, as in `partitionValues`. */
export type PartitionValues = Record<string, string | null>;

/** Which partitions to read: these values, or those for which the function holds. */
export type PartitionFilter = PartitionValues | ((values: PartitionValues) => boolean);

/** The folder of a partition below the table's root, as it is on disk: `_chunk=d%3A2024-01-01`. */
export function partitionPath(_partitionColumns: readonly string[], _partition: PartitionValues): string {
  throw new Error('in progress');
}
