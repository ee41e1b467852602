/** Tables whose rows stay, though they speak of a record: samples of checks, manifests of runs, errors, representatives of themes. */
import {
  type AddFile,
  type ColumnBatch,
  type ColumnValues,
  ConcurrentModificationError,
  commit,
  openPartWriter,
  refresh,
  type Snapshot,
  scan,
} from '@throughline/delta';
import { FORGOTTEN, mentions, withoutMentions } from './mentions.ts';
import type { Subject } from './subject.ts';

/** Columns of texts, and of lists of texts, by the name of the table's folder. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  quality: ['sample', 'detail'],
  runs: ['manifest'],
  audit: ['request', 'outcome'],
  chunks: ['error'],
  dropped: ['note'],
  feedback: ['query'],
  themes: ['representatives'],
};

const ATTEMPTS = 20;

/** `table`: below the lake. Resolves to the number of rows that were changed. Memory: a file of the table, which is small. */
export async function editMentions(
  snapshot: Snapshot,
  table: string,
  subject: Subject,
  clock: () => number,
): Promise<number> {
  const columns = (COLUMNS[table.split('/')[0]!] ?? []).filter((name) =>
    snapshot.metadata.schema.fields.some((field) => field.name === name),
  );
  if (columns.length === 0) return 0;
  let current = snapshot;
  for (let attempt = 1; ; attempt++) {
    const { rows, remove, add } = await edited(current, columns, subject);
    if (rows === 0) return 0;
    const change = { operation: 'UPDATE', add, remove };
    try {
      await commit(current, change, { clock });
      return rows;
    } catch (error) {
      if (!(error instanceof ConcurrentModificationError) || attempt === ATTEMPTS) throw error;
      current = await refresh(current);
    }
  }
}

async function edited(snapshot: Snapshot, columns: readonly string[], subject: Subject) {
  const change: { rows: number; remove: AddFile[]; add: AddFile[] } = { rows: 0, remove: [], add: [] };
  for (const file of await snapshot.files()) {
    const batches: ColumnBatch[] = [];
    let rows = 0;
    for await (const batch of scan(snapshot, { files: [file] })) {
      const changed = editBatch(batch, columns, subject);
      rows += changed.rows;
      batches.push(withoutPartition(changed.batch, snapshot));
    }
    if (rows === 0) continue;
    change.rows += rows;
    change.remove.push(file);
    change.add.push(...(await written(snapshot, file, batches)));
  }
  return change;
}

function editBatch(
  batch: ColumnBatch,
  columns: readonly string[],
  subject: Subject,
): { rows: number; batch: ColumnBatch } {
  const changed = new Set<number>();
  const edits = columns.map((name) => {
    const values = batch.columns[name] as readonly Cell[];
    const after = values.map((value, row) => {
      const edit = editCell(value, subject, name);
      if (edit !== value) changed.add(row);
      return edit;
    });
    return [name, after];
  });
  const all = { ...batch.columns, ...Object.fromEntries(edits) } as Record<string, ColumnValues>;
  return { rows: changed.size, batch: { rows: batch.rows, columns: all } };
}

type Cell = string | null | readonly string[];

/** Of a list, ids of records and of their passages go; a JSON document keeps its shape. */
function editCell(value: Cell, subject: Subject, name: string): Cell {
  if (value === null) return null;
  if (typeof value !== 'string') {
    const kept = value.filter((item) => !subject.passages.has(item) && !mentions(item, subject, name));
    return kept.length === value.length ? value : kept;
  }
  const document = parsed(value);
  if (document === undefined) return mentions(value, subject) ? FORGOTTEN : value;
  const after = withoutMentions(document, subject);
  return after === document ? value : JSON.stringify(after);
}

function parsed(value: string): object | undefined {
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value) as object;
  } catch {
    return undefined;
  }
}

function withoutPartition({ rows, columns }: ColumnBatch, { metadata }: Snapshot): ColumnBatch {
  const kept = Object.entries(columns).filter(([name]) => !metadata.partitionColumns.includes(name));
  return { rows, columns: Object.fromEntries(kept) };
}

async function written(
  { root, metadata }: Snapshot,
  { partitionValues }: AddFile,
  batches: readonly ColumnBatch[],
): Promise<AddFile[]> {
  const { schema, partitionColumns } = metadata;
  const writer = await openPartWriter({ root, schema, partitionColumns, partition: partitionValues });
  try {
    for (const batch of batches) await writer.append(batch);
    return await writer.close();
  } finally {
    await writer.abort();
  }
}
