/** Which database it is, whatever its address: an index in another one is another version, and none takes the other's place. */
import { createHash } from 'node:crypto';
import type { Query } from './database.ts';

/** Hexadecimal digits that a name carries. */
const DIGITS = 8;

/** Of server, database and schema; of database and schema alone where the role may not ask which server it is. */
export async function databaseDigest(query: Query, schema: string): Promise<string> {
  const [{ name, mayAsk }] = (await query<{ name: string; mayAsk: boolean }>(
    `SELECT current_database() AS name, has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS "mayAsk"`,
  )) as [{ name: string; mayAsk: boolean }];
  const server = mayAsk
    ? await query<{ id: string }>('SELECT system_identifier::text AS id FROM pg_catalog.pg_control_system()')
    : [];
  const told = JSON.stringify([server[0]?.id ?? null, name, schema]);
  return createHash('sha256').update(told).digest('hex').slice(0, DIGITS);
}
