import { randomUUID } from 'node:crypto';
import type { Action } from './actions.ts';
import { metadataAction } from './checkpoint.ts';
import { formatActions } from './commit-file.ts';
import { SchemaMismatchError, TableNotFoundError } from './errors.ts';
import { commitPath } from './log-name.ts';
import { openTable } from './open-table.ts';
import { checkNewTable, protocolFor } from './protocol.ts';
import { replay } from './replay.ts';
import { checkSchema, type StructType, sameSchema } from './schema.ts';
import type { Metadata, Snapshot } from './snapshot.ts';
import { openStore } from './store/store.ts';

export interface CreateOptions {
  schema: StructType;
  partitionColumns?: string[];
  name?: string;
  /** Table properties; those that need an unsupported feature are refused. */
  configuration?: Record<string, string>;
  /** Milliseconds since the epoch. */
  clock?: () => number;
  /** The table's id; a random UUID unless given. */
  id?: string;
}

/**
 * Creates version 0. If a table with the same schema and partition columns is already there, returns its latest
 * snapshot; SchemaMismatchError if they differ. When several processes create it at once, one does, and all
 * get that table.
 */
export async function createTable(root: string, options: CreateOptions): Promise<Snapshot> {
  const { schema, partitionColumns = [], configuration = {} } = options;
  checkSchema(schema, partitionColumns);
  checkNewTable(root, { schema, configuration });
  const existing = await openIfThere(root);
  if (existing !== undefined) return checkSame(existing, schema, partitionColumns);
  const store = openStore(root);
  const timestamp = Math.trunc((options.clock ?? Date.now)());
  const metadata: Metadata = {
    id: options.id ?? randomUUID(),
    ...(options.name === undefined ? {} : { name: options.name }),
    schema,
    partitionColumns,
    configuration,
    createdTime: timestamp,
  };
  const actions = firstActions(metadata, timestamp);
  if (await store.putIfAbsent(commitPath(0), formatActions(actions))) {
    return replay(store.root, undefined, [{ version: 0, timestamp, actions }]);
  }
  return checkSame(await openTable(root), schema, partitionColumns);
}

async function openIfThere(root: string): Promise<Snapshot | undefined> {
  try {
    return await openTable(root);
  } catch (error) {
    if (error instanceof TableNotFoundError) return undefined;
    throw error;
  }
}

function checkSame(table: Snapshot, schema: StructType, partitionColumns: readonly string[]): Snapshot {
  const { metadata, root } = table;
  if (!sameSchema(metadata.schema, schema)) {
    const names = (type: StructType) => type.fields.map((field) => field.name).join(', ');
    throw new SchemaMismatchError(
      `${root} is there with another schema: it has (${names(metadata.schema)}), asked for was (${names(schema)}). ` +
        'Names, order, types, nullability and metadata must all be equal.',
    );
  }
  if (JSON.stringify(metadata.partitionColumns) !== JSON.stringify(partitionColumns)) {
    throw new SchemaMismatchError(
      `${root} is there, partitioned by (${metadata.partitionColumns}) instead of (${partitionColumns}).`,
    );
  }
  return table;
}

function firstActions(metadata: Metadata, timestamp: number): Action[] {
  const operationParameters = {
    isManaged: 'false',
    partitionBy: JSON.stringify(metadata.partitionColumns),
    properties: JSON.stringify(metadata.configuration),
  };
  return [
    {
      commitInfo: {
        timestamp,
        operation: 'CREATE TABLE',
        operationParameters,
        operationMetrics: {},
        isBlindAppend: true,
        engineInfo: 'throughline-delta/0.1.0',
        txnId: randomUUID(),
      },
    },
    { protocol: protocolFor(metadata.schema, metadata.configuration) },
    { metaData: metadataAction(metadata) },
  ];
}
