/** The rows of a staged chunk after `transform`, in order. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteIdentifier } from '@throughline/delta';
import { programOf } from '../../command/index.ts';
import type { Config } from '../../config/index.ts';
import { asThroughlineError, EXIT, ThroughlineError } from '../../error.ts';
import type { DeadLetter, SourceRow } from '../../mapper/rows.ts';
import { type Mapping, mappedColumns } from '../../source/mapping.ts';
import { OWN } from '../../source/own-columns.ts';
import { openRowCommand, type RowCommand, stagesOf } from '../../transform/index.ts';
import { list, mapperSql, stagedSql, stepsSql } from './chunk-sql.ts';
import type { Session } from './session.ts';
import { stagedColumns } from './staged-columns.ts';
import { openStagedRows, type StagedRow } from './staged-rows.ts';

/** Rows that are still rows after `transform`, and those that a command has refused. */
export interface TransformedRows {
  rows: SourceRow[];
  dead: DeadLetter[];
}

/** One chunk at a time. Close it, or hold it with `await using`: the commands of the transform end with it. */
export interface ChunkReader extends AsyncDisposable {
  /**
   * Batches of at most 2,048 rows. With `limit`, no more than so many rows go through the first command: for a look at them.
   * Throws with exit code 65 where SQL cannot process a row, CommandBrokenError, or the reason of an abort.
   */
  read(chunk: string, limit?: number): AsyncGenerator<TransformedRows>;
}

export interface ChunkReaderSettings {
  config: Config;
  mapping: Mapping;
  /** In which commands are started. */
  directory: string;
  signal?: AbortSignal;
}

/** Between two stages the rows of a chunk are in a table of the session: memory does not grow with them. */
export function openChunkReader(session: Session, settings: ChunkReaderSettings): ChunkReader {
  const { config, mapping, directory, signal } = settings;
  const stages = stagesOf(config.transform).map((stage) => ({
    ...stage,
    program: stage.command && openRowCommand(programOf(stage.command, directory), mapping),
  }));
  let connection: Promise<DuckDBConnection> | undefined;
  let tables = 0;

  /** Leaves what the command makes of the rows in `table`; yields those that it refuses. */
  async function* throughCommand(sql: string, program: RowCommand, table: string) {
    connection ??= session.connect();
    const staged = await openStagedRows(await connection, table, mappedColumns(mapping));
    try {
      for await (const cells of streamed(session, config, sql)) {
        const rows = cells.map((row) => staged.columnsOf(row));
        const outcomes = await program.apply(rows, signal);
        const kept: StagedRow[] = [];
        const dead: DeadLetter[] = [];
        for (const [i, outcome] of outcomes.entries()) {
          if ('columns' in outcome) kept.push([cells[i]![0] as bigint, outcome.columns]);
          if ('deadLetter' in outcome) dead.push(outcome.deadLetter);
        }
        staged.append(kept);
        if (dead.length > 0) yield { rows: [], dead };
      }
    } finally {
      staged.close();
    }
  }

  async function* read(chunk: string, limit?: number): AsyncGenerator<TransformedRows> {
    const made: string[] = [];
    let from = stagedSql(config, mapping, chunk);
    let columns: readonly string[] = stagedColumns(config, mapping);
    try {
      for (const [i, { steps, program }] of stages.entries()) {
        const rows = stepsSql(from, columns, steps, mapping);
        if (program === undefined) {
          for await (const cells of streamed(session, config, mapperSql(rows.sql, mapping)))
            yield { rows: cells.map((row) => sourceRow(row, mapping)), dead: [] };
          return;
        }
        const table = quoteIdentifier(`\u001fstage${tables++}`);
        made.push(table);
        columns = mappedColumns(mapping);
        const few = limit === undefined || i > 0 ? '' : ` LIMIT ${limit}`;
        const input = `SELECT ${OWN.row}, ${list(columns)} FROM (${rows.sql}) ORDER BY ${OWN.row}${few}`;
        yield* throughCommand(input, program, table);
        from = `SELECT * FROM ${table}`;
      }
    } finally {
      for (const table of made) await session.query(`DROP TABLE IF EXISTS ${table}`);
    }
  }

  return {
    read,
    async [Symbol.asyncDispose]() {
      await Promise.all(stages.map(({ program }) => program?.[Symbol.asyncDispose]()));
    },
  };
}

/** The first rows of a chunk; no more than the chunk has. */
export async function firstRows(reader: ChunkReader, chunk: string, limit: number): Promise<SourceRow[]> {
  const first: SourceRow[] = [];
  for await (const { rows } of reader.read(chunk, limit)) {
    first.push(...rows.slice(0, limit - first.length));
    if (first.length >= limit) break;
  }
  return first;
}

function sourceRow(cells: readonly unknown[], mapping: Mapping): SourceRow {
  const texts = mapping.text.length;
  return {
    id: cells[0] as string | null,
    timestamp: cells[1] as string | null,
    superseded: cells[2] as boolean,
    copy: Number(cells[3]),
    text: cells.slice(4, 4 + texts) as (string | null)[],
    attributes: cells.slice(4 + texts) as (string | null)[],
  };
}

/** What DuckDB says of the user's own SQL is about their rows; without it, it would be a fault of ours. */
async function* streamed(session: Session, { transform }: Config, sql: string) {
  try {
    yield* session.stream(sql);
  } catch (cause) {
    const isOfRows = transform.some((step) => 'sql' in step) && asThroughlineError(cause).code === 'internal';
    if (!isOfRows) throw cause;
    throw new ThroughlineError(`transform: ${(cause as Error).message.split('\n')[0]}`, {
      code: 'transform_failed',
      exitCode: EXIT.badData,
      hint: 'The SQL of transform: cannot process a row: mend it or the row, then run again.',
      cause,
    });
  }
}
