/** Rows of a chunk between two stages of its transform, in a table of the session. */
import { BIGINT, type DuckDBConnection, DuckDBDataChunk, type DuckDBType, VARCHAR } from '@duckdb/node-api';
import { quoteIdentifier } from '@throughline/delta';
import { OWN } from '../../source/own-columns.ts';
import type { Columns } from '../../transform/index.ts';

/** Place in the chunk, and what stands there. */
export type StagedRow = readonly [place: bigint, columns: Columns];

export interface StagedRows {
  columnsOf(cells: readonly unknown[]): Columns;
  append(rows: readonly StagedRow[]): void;
  close(): void;
}

/** `name` is quoted. At most 2,048 rows are appended at once. */
export async function openStagedRows(
  connection: DuckDBConnection,
  name: string,
  columns: readonly string[],
): Promise<StagedRows> {
  const types = columns.map((column) => `${quoteIdentifier(column)} VARCHAR`);
  await connection.run(`CREATE TABLE ${name} (${OWN.row} BIGINT, ${types.join(', ')})`);
  const appender = await connection.createAppender(name.slice(1, -1));
  const chunk = DuckDBDataChunk.create([BIGINT, ...columns.map((): DuckDBType => VARCHAR)]);
  return {
    columnsOf: (cells) =>
      Object.fromEntries(columns.map((column, i) => [column, cells[i + 1] as string | null])),
    append: (rows) => {
      if (rows.length === 0) return;
      chunk.reset();
      chunk.rowCount = rows.length;
      chunk.setColumnValues(
        0,
        rows.map(([place]) => place),
      );
      for (const [i, column] of columns.entries())
        chunk.setColumnValues(
          i + 1,
          rows.map(([, cells]) => cells[column]!),
        );
      appender.appendDataChunk(chunk);
      appender.flushSync();
    },
    close: () => appender.closeSync(),
  };
}
