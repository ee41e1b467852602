import { quoteIdentifier, quoteLiteral, relation } from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';
import type { ThemeTables } from './open-themes.ts';

/**
 * Makes the table `members` in the session: the passages of a theme, or of a group's themes, that are within, with `_passage, _id, _at, _score, _margin` and
 * the attributes of text. On disk where it is large.
 */
export async function stageMembers(
  session: Session,
  { themes, assignments, passages, textAttributes, within = 'true' }: ThemeTables,
  id: string,
): Promise<void> {
  await using named = await relation(themes);
  await using assigned = await relation(assignments);
  await using all = await relation(passages);
  const attributes = textAttributes.map((name) => `, ${quoteIdentifier(name)}`).join('');
  await session.query(
    `CREATE TABLE members AS SELECT _passage, _id, _at, _score, _margin${attributes}
     FROM (SELECT * FROM ${assigned.sql} WHERE _theme IN (
       WITH RECURSIVE below AS (
         SELECT ${quoteLiteral(id)} AS id
         UNION SELECT t.id FROM (SELECT id, parent FROM ${named.sql}) t JOIN below ON t.parent = below.id)
       SELECT id FROM below))
     JOIN (SELECT _chunk, _passage, _at${attributes} FROM ${all.sql} WHERE ${within}) USING (_chunk, _passage)`,
  );
}
