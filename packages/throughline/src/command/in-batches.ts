/** Rows of one batch, and characters in them, after which it ends. */
const BATCH_ROWS = 256;
const BATCH_CHARACTERS = 4 * 1024 * 1024;

/** Rows in their order, in batches that a command gets at once. */
export function* inBatches<T>(rows: readonly T[], charactersOf: (row: T) => number): Generator<T[]> {
  let batch: T[] = [];
  let characters = 0;
  for (const row of rows) {
    batch.push(row);
    characters += charactersOf(row);
    if (batch.length < BATCH_ROWS && characters < BATCH_CHARACTERS) continue;
    yield batch;
    [batch, characters] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
