import type { DuckDBConnection } from '@duckdb/node-api';
import type { AddFile } from './actions.ts';
import type { ColumnBatch } from './column-batch.ts';
import { openSession, type Session } from './duckdb.ts';
import { DeltaError } from './errors.ts';
import { decodePath } from './file-path.ts';
import { openPartFile, type PartFile } from './part-file.ts';
import { type PartName, partTargets } from './part-target.ts';
import { openStore } from './store/store.ts';

export interface PartWriterOptions extends PartName {
  /** Where to work; an in-memory DuckDB that nobody else has unless given. It must not be used meanwhile. */
  connection?: DuckDBConnection;
  /** A file is finished when its rows are about so large in memory; 128 MiB unless given. */
  fileBytes?: number;
}

/** States: open -> closed (the files are in place, not yet in the table) | aborted (nothing is left). */
export interface PartWriter {
  /**
   * Adds rows. The batch holds every column of the schema but the partition columns, and no other. Throws
   * SchemaMismatchError for a wrong column or value; the writer is then of no more use: abort it.
   */
  append(batch: ColumnBatch): Promise<void>;
  /**
   * Finishes the files, whole and durable, and returns their actions for a commit, in the order of rows and of
   * paths: none without rows, more than one only above `fileBytes`. A file that is already there is never
   * overwritten: FileExistsError, and nothing is left.
   */
  close(): Promise<AddFile[]>;
  /** Gives everything up. May be called at any time and more than once; after `close` it does nothing. */
  abort(): Promise<void>;
}

const FILE_BYTES = 128 * 1024 * 1024;

/** Opens a writer of one partition's rows. Memory is bounded by `fileBytes`, whatever the number of rows. */
export async function openPartWriter(options: PartWriterOptions): Promise<PartWriter> {
  const targets = partTargets(options);
  const session = await openSession(options.connection);
  const { fileBytes = FILE_BYTES } = options;
  const written: AddFile[] = [];
  let [state, current]: ['open' | 'finished', PartFile | undefined] = ['open', undefined];

  const whileOpen = () => {
    if (state !== 'open')
      throw new DeltaError('WRITER_CLOSED', `The writer of ${targets(0).path} is closed.`);
  };
  const finishFile = async () => {
    const file = await current?.finish();
    if (file !== undefined) written.push(file);
    current = undefined;
  };
  const abort = async () => {
    if (state === 'finished') return;
    state = 'finished';
    await giveUp(options.root, session, current, written);
  };
  return {
    append: async (batch) => {
      whileOpen();
      current ??= await openPartFile(targets(written.length), session.connection);
      current.append(batch);
      if (current.bytes() >= fileBytes) await finishFile();
    },
    close: async () => {
      whileOpen();
      try {
        await finishFile();
      } catch (error) {
        await abort();
        throw error;
      }
      state = 'finished';
      await session.close();
      return written;
    },
    abort,
  };
}

/** Writes all batches as one part: what openPartWriter, append and close do. */
export async function writeParquet(
  options: PartWriterOptions,
  batches: Iterable<ColumnBatch> | AsyncIterable<ColumnBatch>,
): Promise<AddFile[]> {
  const writer = await openPartWriter(options);
  try {
    for await (const batch of batches) await writer.append(batch);
    return await writer.close();
  } finally {
    await writer.abort();
  }
}

async function giveUp(
  root: string,
  session: Session,
  current: PartFile | undefined,
  written: readonly AddFile[],
): Promise<void> {
  try {
    await current?.drop();
    for (const file of written) await openStore(root).remove(decodePath(file.path));
  } finally {
    await session.close();
  }
}
