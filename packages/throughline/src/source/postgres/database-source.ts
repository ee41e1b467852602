/** What a source of type postgres names: as SQL, with its columns and how much there is of it. */
import type { SourceConfig } from '../../config/index.ts';
import { EXIT, ThroughlineError } from '../../error.ts';
import { columnsOfFiles, type SourceColumn } from '../source-columns.ts';
import type { Connection } from './connect.ts';

export interface DatabaseSource {
  /** For messages. */
  name: string;
  /** What stands after FROM. */
  from: string;
  /** Of a table that can be read in ranges of its blocks; undefined of views, partitioned tables and queries. */
  blocks: number | undefined;
  columns: SourceColumn[];
}

/** Reads no rows. By the extended protocol, which takes one statement: what would end this one and begin another is refused. Throws with exit code 66 where there is no such table. */
export async function databaseSource(
  connection: Connection,
  { table, query }: SourceConfig,
): Promise<DatabaseSource> {
  const named = table === undefined ? undefined : await findTable(connection, table);
  const from = named?.from ?? `(${query!.trim().replace(/;\s*$/, '')}\n) AS source`;
  const one = { text: `SELECT * FROM ${from} LIMIT 0`, queryMode: 'extended' };
  const { fields } = await connection.run(connection.client.query(one));
  const types = await typeNames(
    connection,
    fields.map(({ dataTypeID }) => dataTypeID),
  );
  return {
    name: table ?? 'source.query',
    from,
    blocks: named?.blocks,
    columns: columnsOfFiles([
      fields.map(({ name, dataTypeID }) => ({ name, type: types.get(dataTypeID) ?? 'unknown' })),
    ]),
  };
}

/** The server reads the name as it reads one in SQL: `"Mixed Case"` in quotes. */
async function findTable(
  { client, run }: Connection,
  table: string,
): Promise<{ from: string; blocks: number | undefined }> {
  const { rows } = await run(
    client.query(
      `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name, c.relkind AS kind,
        pg_relation_size(c.oid) / current_setting('block_size')::int AS blocks
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)`,
      [table],
    ),
  );
  const [found] = rows as { name: string; kind: string; blocks: string }[];
  if (found === undefined)
    throw new ThroughlineError(
      `there is no table ${table} in the database, or it is not to be seen by this user`,
      {
        code: 'source_missing',
        exitCode: EXIT.noInput,
        hint: 'Name it with its schema: source: { table: sales.complaints }',
      },
    );
  // `r` is a plain table; of all others blocks are not their rows.
  return { from: found.name, blocks: found.kind === 'r' ? Number(found.blocks) : undefined };
}

async function typeNames({ client, run }: Connection, oids: readonly number[]): Promise<Map<number, string>> {
  const { rows } = await run(
    client.query('SELECT oid::int AS oid, format_type(oid, NULL) AS name FROM pg_type WHERE oid = ANY($1)', [
      [...oids],
    ]),
  );
  return new Map((rows as { oid: number; name: string }[]).map(({ oid, name }) => [oid, name]));
}
