/**
 * The log of edits: a table of the lake that is only appended to. A number is given by the commit itself, so that of two people who
 * edit at once neither loses an edit, and both have numbers of their own.
 */
import {
  ConcurrentModificationError,
  commit,
  createTable,
  openPartWriter,
  type Snapshot,
  scan,
} from '@throughline/delta';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { tableIfThere } from '../lake/table-if-there.ts';
import type { EditAction, EditEntry, Pinned } from './edits.ts';
import { themeEditsSchema } from './schemas.ts';
import { decodeVector, encodeVector } from './vectors.ts';

/** In the order of their numbers; nothing where nobody has edited. Bounded by their number, and the parts of splits. */
export async function readEditLog(lake: Lake): Promise<EditEntry[]> {
  const snapshot = await tableIfThere(editsRoot(lake));
  return snapshot ? readEntries(snapshot) : [];
}

function editsRoot(lake: Lake): string {
  return lakePath(lake.root, 'theme_edits');
}

async function readEntries(snapshot: Snapshot): Promise<EditEntry[]> {
  const entries: EditEntry[] = [];
  for await (const { rows, columns } of scan(snapshot)) {
    for (let i = 0; i < rows; i++) {
      const [number, author, at, payload] = ['number', 'author', 'at', 'payload'].map(
        (name) => (columns[name] as (string | bigint)[])[i]!,
      );
      const signed = { number: Number(number), author: String(author), at: Number(at) / 1000 };
      entries.push({ ...actionOf(String(payload)), ...signed });
    }
  }
  return entries.sort((a, b) => a.number - b.number);
}

/** How often another writer may be faster. */
const ATTEMPTS = 50;

/** `actionFor` sees the log that its edit is appended to, and may refuse by throwing. `clock` in milliseconds since 1970 UTC. */
export async function appendEdit<T extends Action>(
  lake: Lake,
  actionFor: (log: readonly EditEntry[]) => Promise<T> | T,
  { author, clock }: { author: string; clock: () => number },
): Promise<T & { number: number; author: string; at: number }> {
  for (let attempt = 1; ; attempt++) {
    const snapshot = await createTable(editsRoot(lake), { schema: themeEditsSchema, name: 'theme_edits' });
    const log = await readEntries(snapshot);
    const action = await actionFor(log);
    const entry = { ...action, number: (log.at(-1)?.number ?? 0) + 1, author, at: clock() };
    try {
      await append(snapshot, entry, clock);
      return entry;
    } catch (error) {
      if (!(error instanceof ConcurrentModificationError) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function append(snapshot: Snapshot, entry: EditEntry, clock: () => number): Promise<void> {
  const { number, author, at, ...action } = entry;
  const writer = await openPartWriter({
    root: snapshot.root,
    schema: themeEditsSchema,
    partitionColumns: [],
    partition: {},
  });
  const columns = {
    number: [BigInt(number)],
    kind: [action.kind],
    theme: [action.kind === 'undo' ? null : action.theme],
    undoes: [action.kind === 'undo' ? BigInt(action.undoes) : null],
    author: [author],
    at: [BigInt(Math.round(at)) * 1000n],
    payload: [payloadOf(action)],
  };
  await writer.append({ rows: 1, columns });
  const add = await writer.close();
  const parameters = { operation: 'WRITE', operationParameters: { mode: 'Append' } };
  await commit(snapshot, { ...parameters, add, read: 'all' }, { clock });
}

type Action = EditAction | { kind: 'undo'; undoes: number };

function payloadOf(action: Action): string {
  return JSON.stringify(action, (_, value) => {
    if (value instanceof Float32Array) return encodeVector(value);
    return typeof value === 'bigint' ? String(value) : value;
  });
}

function actionOf(payload: string): Action {
  const action = JSON.parse(payload);
  if (action.kind === 'split')
    return {
      ...action,
      parts: action.parts.map(({ id, centroid }: { id: string; centroid: string }) => ({
        id,
        centroid: decodeVector(centroid),
      })),
    };
  if (action.kind !== 'pin') return action;
  const pinned: Record<keyof Pinned, unknown> = action.pinned;
  return {
    ...action,
    pinned: {
      ...pinned,
      firstSeen: BigInt(pinned.firstSeen as string),
      centroid: decodeVector(pinned.centroid as string),
    },
  };
}
