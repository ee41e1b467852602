/**
 * The lake's tables by name, as external tables of the session's catalog. Only the catalog is written to, never a table or its log.
 *
 * ```text
 * no table -> CREATE TABLE IF NOT EXISTS
 * ours, at another folder -> ALTER TABLE ... SET LOCATION, or DROP and CREATE where the catalog cannot
 * somebody else's -> a problem, and it stays as it is
 * ```
 */
import type { CatalogTables, Registered } from '../engine.ts';
import type { SparkSession } from './cluster.ts';
import { optionText } from './options.ts';
import type { Places } from './places.ts';
import { sparkName } from './sql.ts';

interface Named {
  /** `EXTERNAL`, `MANAGED`, `VIEW` */
  type: string;
  location: string;
}

/** Throws ThroughlineError where the schema is not there and cannot be made. */
export async function registerTables(
  session: SparkSession,
  places: Places,
  schema: string,
  tables: CatalogTables,
): Promise<Registered> {
  const namespace = schema.split('.').map(sparkName).join('.');
  await makeSchema(session, namespace);
  const there = await tablesThere(session, namespace, [...tables.keys()]);
  const registered: Registered = { changed: [], problems: [] };
  for (const [table, folder] of tables) {
    const name = `${namespace}.${sparkName(table)}`;
    const location = places.cluster(...folder);
    const found = there.get(table);
    try {
      if (found && !isBelow(found, places.cluster())) throw new Error(foreign(found));
      if (found && canonical(found.location) === canonical(location)) continue;
      // A table without rows and columns would be made where there is none.
      await session.schema(`SELECT * FROM delta.${sparkName(location)}`);
      if (found) await move(session, name, location);
      else await create(session, name, location);
      registered.changed.push(table);
    } catch (error) {
      registered.problems.push(`${schema}.${table}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  return registered;
}

/** Asks first: who may not make schemas may have one. */
async function makeSchema({ rows, execute }: SparkSession, namespace: string): Promise<void> {
  const isThere = await rows(`DESCRIBE NAMESPACE ${namespace}`).then(
    () => true,
    () => false,
  );
  if (!isThere) await execute(`CREATE SCHEMA IF NOT EXISTS ${namespace}`);
}

/** Tables and views of these names. It is the one statement that also answers for a table whose folder is gone. */
async function tablesThere(
  { rows }: SparkSession,
  namespace: string,
  names: readonly string[],
): Promise<Map<string, Named>> {
  const found = await rows(`SHOW TABLE EXTENDED IN ${namespace} LIKE '${names.join('|')}'`);
  return new Map(
    found
      .filter(({ isTemporary }) => isTemporary !== true)
      .map(({ tableName, information }) => [
        String(tableName),
        { type: fact('Type', information), location: fact('Location', information) },
      ]),
  );
}

function fact(name: string, information: unknown): string {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(String(information))?.[1]?.trim() ?? '';
}

/** Whether it can be let go of: an external table, which keeps its files, of this lake. */
function isBelow({ type, location }: Named, lake: string): boolean {
  return type === 'EXTERNAL' && canonical(location).startsWith(`${canonical(lake)}/`);
}

function foreign({ type, location }: Named): string {
  const what = location === '' ? type : `${type} at ${location}`;
  return `there is something else of that name (${what}); drop it, or choose another schema`;
}

/** Hadoop writes a local path with one slash, or with three. */
function canonical(location: string): string {
  return location.replace(/^file:\/+/, 'file:/').replace(/\/+$/, '');
}

async function create({ execute }: SparkSession, name: string, location: string): Promise<void> {
  await execute(`CREATE TABLE IF NOT EXISTS ${name} USING delta LOCATION ${optionText(location)}`);
}

/** In one statement, so that the name is always there; its columns may be others in another build. */
async function move(session: SparkSession, name: string, location: string): Promise<void> {
  const { execute, set } = session;
  try {
    await set({ 'spark.databricks.delta.alterLocation.bypassSchemaCheck': 'true' });
    await execute(`ALTER TABLE ${name} SET LOCATION ${optionText(location)}`);
  } catch {
    // The folder that it was in is gone, or the catalog moves no tables.
    await execute(`DROP TABLE IF EXISTS ${name}`);
    await create(session, name, location);
  }
}
