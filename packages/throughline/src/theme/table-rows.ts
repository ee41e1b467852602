import type { AddFile } from '@throughline/delta';

/** Rows by the files' statistics; infinity where one has none. */
export function rowsOf(files: readonly AddFile[]): number {
  const counts = files.map(({ stats }) =>
    Number(JSON.parse(stats ?? '{}').numRecords ?? Number.POSITIVE_INFINITY),
  );
  return counts.reduce((sum, rows) => sum + rows, 0);
}
