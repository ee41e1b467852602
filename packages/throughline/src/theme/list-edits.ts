/** The edits of a lake, and whether they have an effect on what is promoted. */
import type { Lake } from '../lake/lake.ts';
import { readEditLog } from './edit-log.ts';
import { type EditEntry, standingEdits } from './edits.ts';
import { heldIds } from './frozen.ts';
import { promotedBase } from './refresh.ts';
import { editableOf, replayEdits } from './replay-edits.ts';

export interface ListedEdit {
  number: number;
  kind: EditEntry['kind'];
  /** Null of an undo. */
  theme: string | null;
  /** What was done with it, such as a label or the other theme. */
  what: string;
  author: string;
  /** ISO 8601, UTC. */
  at: string;
  state: 'applied' | 'waiting' | 'undone' | 'undo';
  /** Why it waits. */
  why: string | null;
}

/** In the order in which they were made. */
export async function listEdits(lake: Lake): Promise<ListedEdit[]> {
  const log = await readEditLog(lake);
  if (log.length === 0) return [];
  const base = await promotedBase(lake);
  const standing = standingEdits(log);
  const editable = base
    ? editableOf(base.fit, heldIds(base.manifest))
    : { themes: [], groups: [], modelDigest: '' };
  const { waiting } = replayEdits(editable, standing);
  const holds = new Set(standing.map(({ number }) => number));
  return log.map((entry) => {
    const { number, author, at, kind } = entry;
    const why = waiting.get(number) ?? null;
    const state = holds.has(number) ? (why === null ? 'applied' : 'waiting') : 'undone';
    return {
      ...{ number, kind, author, at: new Date(at).toISOString(), why },
      theme: entry.kind === 'undo' ? null : entry.theme,
      what: whatOf(entry),
      state: entry.kind === 'undo' ? 'undo' : state,
    };
  });
}

function whatOf(entry: EditEntry): string {
  if (entry.kind === 'undo') return `edit ${entry.undoes}`;
  if (entry.kind === 'rename') return `"${entry.label}"`;
  if (entry.kind === 'merge') return `into ${entry.into}`;
  return entry.kind === 'split' ? `into ${entry.parts.map(({ id }) => id).join(', ')}` : '';
}
