/** Takes the rows of a micro-batch, chunk by chunk, and keeps the files for one commit of all of them. */
import { type AddFile, type ColumnBatch, openPartWriter, type PartWriter } from '@throughline/delta';
import type { OpenWriter } from '../engine/local/run-chunks.ts';
import type { BuildTable } from '../lake/build.ts';

export interface BatchFiles {
  openWriter: OpenWriter;
  /** What was written since it was last asked, with the ids of it. */
  take(): { files: Map<BuildTable, AddFile[]>; ids: Set<string> };
}

/** Files of an attempt that is given up are of no table: `lake vacuum` removes them. */
export function openBatchFiles(): BatchFiles {
  let files = new Map<BuildTable, AddFile[]>();
  let ids = new Set<string>();
  return {
    openWriter({ build, chunk, connections }) {
      const writers = new Map<BuildTable, PartWriter>();
      const open = (table: BuildTable) => {
        const { root, metadata } = build.tables[table];
        const { schema, partitionColumns } = metadata;
        const partition = { _chunk: chunk };
        return openPartWriter({ root, schema, partitionColumns, partition, connection: connections[table] });
      };
      return {
        async append(table, batch: ColumnBatch) {
          const writer = writers.get(table) ?? (await open(table));
          writers.set(table, writer);
          await writer.append(batch);
          for (const id of batch.columns._id as (string | null)[]) if (id !== null) ids.add(id);
        },
        async publish() {
          for (const [table, writer] of writers)
            files.set(table, [...(files.get(table) ?? []), ...(await writer.close())]);
        },
        async abort() {
          for (const writer of writers.values()) await writer.abort();
        },
      };
    },
    take() {
      const taken = { files, ids };
      files = new Map();
      ids = new Set();
      return taken;
    },
  };
}
