import { quoteIdentifier, quoteLiteral, relation } from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';
import type { ThemeTables } from './open-themes.ts';

/**
 * Makes the table `members` in the session: the passages of a theme that are within, with `_passage, _id, _at, _score, _margin` and
 * the attributes of text. On disk where it is large.
 */
export async function stageMembers(
  session: Session,
  { assignments, passages, textAttributes, within = 'true' }: ThemeTables,
  theme: string,
): Promise<void> {
  await using assigned = await relation(assignments);
  await using all = await relation(passages);
  const attributes = textAttributes.map((name) => `, ${quoteIdentifier(name)}`).join('');
  await session.query(
    `CREATE TABLE members AS SELECT _passage, _id, _at, _score, _margin${attributes}
     FROM (SELECT * FROM ${assigned.sql} WHERE _theme = ${quoteLiteral(theme)})
     JOIN (SELECT _chunk, _passage, _at${attributes} FROM ${all.sql} WHERE ${within}) USING (_chunk, _passage)`,
  );
}
