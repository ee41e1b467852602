/** Whether an index can be kept in a database: what a build does, done in small, and undone. */
import { openDatabase } from './database.ts';
import { prepareSchema } from './write-collection.ts';

export interface PostgresFacts {
  /** `16.14` */
  server: string;
  /** `0.8.1` */
  pgvector: string;
}

/** Throws what a build would. Nothing that it makes stays. */
export async function probePostgres(url: string, schema: string): Promise<PostgresFacts> {
  await using database = await openDatabase(url);
  return await rolledBack(database, async (query) => {
    await prepareSchema(query, schema);
    await query('CREATE TEMPORARY TABLE throughline_probe (embedding vector(2)) ON COMMIT DROP');
    await query('CREATE INDEX ON throughline_probe USING hnsw (embedding vector_ip_ops)');
    const [facts] = await query<PostgresFacts>(
      `SELECT current_setting('server_version') AS server, extversion AS pgvector FROM pg_extension WHERE extname = 'vector'`,
    );
    return facts!;
  });
}

/** The result of what is done and undone. */
async function rolledBack<T>(
  database: Awaited<ReturnType<typeof openDatabase>>,
  work: Parameters<typeof database.transaction<T>>[0],
): Promise<T> {
  let result: { is: T } | undefined;
  const undone = new Error('undone');
  await database
    .transaction(async (query) => {
      result = { is: await work(query) };
      throw undone;
    })
    .catch((error) => {
      if (error !== undone) throw error;
    });
  return result!.is;
}
