/**
 * The ids of a table beside those of the records: what is gone without a trace, and what no watermark tells of. Both lists are in a
 * database on the local disk and are compared there. Memory: DuckDB's limit and one batch of rows, however many ids there are.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openSession, type Session } from '../../engine/local/session.ts';
import type { Change } from '../change-feed.ts';
import { copiedSql, copyTo } from './copied-file.ts';
import { contentDigest, type GivenRows } from './given-rows.ts';
import { changeOf } from './look.ts';
import type { SteadyConnection } from './steady-connection.ts';
import type { WatchedTable } from './watched-table.ts';

/** Ids that a table of the lake has, in any order, any number of times each; read before the source is. */
export type KnownIds = (table: 'records' | 'passages') => AsyncIterable<readonly string[]>;

export interface KeyComparison extends AsyncDisposable {
  /** Deletes of records that the table has no longer, then, `withMissing`, upserts of rows that are no records. */
  changes(knownIds: KnownIds, options: ComparisonOptions): AsyncGenerator<Change[]>;
}

export interface ComparisonOptions {
  /** At once. */
  maxChanges: number;
  withMissing: boolean;
}

export interface Compared {
  table: WatchedTable;
  steady: SteadyConnection;
  /** A look gives anew what is told here: it may not be what it has given before. */
  given: GivenRows;
}

/**
 * Opens its database with the first comparison. Rows that never become records, such as those that a filter leaves out and dead letters,
 * are given by the first comparison of this process, and by a later one only where they are others then: their digests are on the disk too.
 */
export function keyComparison(compared: Compared): KeyComparison {
  let opened: Promise<Session> | undefined;
  const open = async () => {
    const session = await openSession();
    await session.query('CREATE TABLE given (id VARCHAR, digest VARCHAR)');
    return session;
  };
  return {
    async *changes(knownIds, { maxChanges, withMissing }) {
      opened ??= open();
      const session = await opened;
      await putKnown(session, knownIds);
      await putPresent(session, compared);
      // As an export that is not complete: it must not empty the tables.
      const [present] = await session.query('SELECT 1 FROM present LIMIT 1');
      if (present === undefined) return;
      for await (const gone of rowsOf(session, GONE, maxChanges))
        yield gone.map(([id]) => {
          compared.given.forget(id!);
          return { kind: 'delete', id: id! };
        });
      if (withMissing) yield* missingRows(session, compared, maxChanges);
    },
    async [Symbol.asyncDispose]() {
      await (await opened)?.[Symbol.asyncDispose]();
    },
  };
}

const GONE = 'SELECT DISTINCT id FROM known ANTI JOIN present USING (id) ORDER BY id';
const MISSING = `SELECT p.id, g.digest FROM (SELECT id FROM present ANTI JOIN published USING (id)) p
  LEFT JOIN given g ON g.id = p.id ORDER BY p.id`;

async function* missingRows(
  session: Session,
  { table, steady, given }: Compared,
  maxChanges: number,
): AsyncGenerator<Change[]> {
  // Of a comparison that was left in the middle this one makes the table again.
  const next = await openTable(session, 'next', ['id', 'digest']);
  for await (const missing of rowsOf(session, MISSING, maxChanges)) {
    const digests = new Map(missing as [string, string | null][]);
    const rows = await steady.use((connection) => table.byIds(connection, [...digests.keys()]));
    const changes: Change[] = [];
    for (const row of rows) {
      const digest = contentDigest(row).toString(36);
      next.append([row.id!, digest]);
      if (digests.get(row.id!) === digest) continue;
      given.forget(row.id!);
      changes.push(changeOf(table, row));
    }
    if (changes.length > 0) yield changes;
  }
  next.close();
  await session.query('DROP TABLE given');
  await session.query('ALTER TABLE next RENAME TO given');
}

/** A process that was killed between two tables leaves ids in one of them: known are those of both, published those that have passages. */
async function putKnown(session: Session, knownIds: KnownIds): Promise<void> {
  const known = await openTable(session, 'known', ['id']);
  const published = await openTable(session, 'published', ['id']);
  for await (const ids of knownIds('records')) for (const id of ids) known.append([id]);
  for await (const ids of knownIds('passages'))
    for (const id of ids) {
      known.append([id]);
      published.append([id]);
    }
  known.close();
  published.close();
}

async function putPresent(session: Session, { table, steady }: Compared): Promise<void> {
  const file = join(session.directory, 'keys.csv');
  await steady.use(({ client, run }) => run(copyTo(client, table.keysSql, file)));
  await session.query(
    `CREATE OR REPLACE TABLE present AS SELECT DISTINCT id FROM ${copiedSql([file], ['id'])}`,
  );
  await rm(file);
}

async function openTable(session: Session, name: string, columns: readonly string[]) {
  const connection = await session.connect();
  await connection.run(
    `CREATE OR REPLACE TABLE ${name} (${columns.map((column) => `${column} VARCHAR`).join(', ')})`,
  );
  const appender = await connection.createAppender(name);
  return {
    append(values: readonly string[]) {
      for (const value of values) appender.appendVarchar(value);
      appender.endRow();
    },
    close() {
      appender.closeSync();
      connection.closeSync();
    },
  };
}

async function* rowsOf(session: Session, sql: string, most: number): AsyncGenerator<(string | null)[][]> {
  let rows: (string | null)[][] = [];
  for await (const some of session.stream(sql))
    for (const row of some as (string | null)[][]) {
      rows.push(row);
      if (rows.length < most) continue;
      yield rows;
      rows = [];
    }
  if (rows.length > 0) yield rows;
}
