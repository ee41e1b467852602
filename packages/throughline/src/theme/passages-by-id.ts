import { quoteLiteral, relation, type Snapshot } from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';

export interface ThemePassage {
  passageId: string;
  recordId: string;
  text: string;
}

/** Those that are there, and meet the condition. */
export async function passagesById(
  session: Session,
  passages: Snapshot,
  ids: readonly string[],
  condition = 'true',
): Promise<Map<string, ThemePassage>> {
  if (ids.length === 0) return new Map();
  const values = [...new Set(ids)];
  await using found = await relation(passages, { where: [{ column: '_passage', op: 'in', values }] });
  const rows = await session.query(
    `SELECT _passage, _id, _text FROM ${found.sql} WHERE _passage IN (${values.map(quoteLiteral).join(', ')}) AND ${condition}`,
  );
  return new Map(rows.map((row) => [String(row._passage), passageOf(row)]));
}

function passageOf(row: Record<string, unknown>): ThemePassage {
  return { passageId: String(row._passage), recordId: String(row._id), text: String(row._text) };
}
