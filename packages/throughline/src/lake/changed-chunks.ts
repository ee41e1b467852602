import { changes, type Snapshot } from '@throughline/delta';

/**
 * Chunks of which a file was added or removed after the version `since` of the table. Rows that were only arranged in other files
 * have not changed. Throws VersionNotFoundError where the log no longer says.
 */
export async function changedChunks({ root, version }: Snapshot, since: number): Promise<Set<string>> {
  const chunks = new Set<string>();
  for await (const { added, removed } of changes(root, since, version))
    for (const file of [...added, ...removed]) if (file.dataChange) chunks.add(file.partitionValues!._chunk!);
  return chunks;
}
