import { openTable, type Snapshot, TableNotFoundError } from '@throughline/delta';

/** Undefined where nobody has made the table. */
export async function tableIfThere(root: string): Promise<Snapshot | undefined> {
  return openTable(root).catch((error) => {
    if (error instanceof TableNotFoundError) return undefined;
    throw error;
  });
}
