import type { Snapshot } from '@throughline/delta';

/** Rows of each chunk by the statistics of its files, those that are deleted left out. Reads the table's log alone; NaN where a file has none. */
export async function rowsOfChunks(table: Snapshot): Promise<Map<string, number>> {
  const rows = new Map<string, number>();
  for (const { partitionValues, stats, deletionVector } of await table.files()) {
    const chunk = partitionValues._chunk ?? '';
    const inFile = Number(JSON.parse(stats ?? '{}').numRecords ?? Number.NaN);
    rows.set(chunk, (rows.get(chunk) ?? 0) + inFile - (deletionVector?.cardinality ?? 0));
  }
  return rows;
}
