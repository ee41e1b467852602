/** Collections in Postgres with pgvector: two tables for each, in one schema. */
import { EXIT, ThroughlineError } from '../../error.ts';
import type { Collections, RemovedVersions, StoreSetting } from '../collections.ts';
import { damagedIndex } from '../damage.ts';
import { FORMAT as FILES_FORMAT, type IndexManifest } from '../manifest.ts';
import { type Database, openDatabase } from './database.ts';
import { databaseDigest } from './database-digest.ts';
import { postgresStore } from './postgres-store.ts';
import { type PostgresPlace, tablesOf } from './tables.ts';
import { writeCollection } from './write-collection.ts';

/** Of the tables. Part of the names of versions. */
const FORMAT = 1;

/** Its version may be about to get its manifest: for so long a collection that none names stays. */
const ABOUT_TO_SERVE = '1 hour';

/** Somebody asks it: the next run removes it. */
const LOCK_WAIT = '3s';

export function postgresCollections({ pgvector, schema }: Exclude<StoreSetting, 'zvec'>): Collections {
  return {
    async format() {
      await using database = await openDatabase(pgvector);
      return `f${FILES_FORMAT}p${FORMAT}-${await databaseDigest(database.query, schema)}`;
    },
    async write(target, passages) {
      await using database = await openDatabase(pgvector);
      return { postgres: await writeCollection(database, schema, target, passages) };
    },
    async open({ manifest, without }) {
      checkNumbers(manifest);
      const database = await openDatabase(pgvector);
      try {
        const damage = await damageIn(database, manifest.postgres!);
        if (damage !== undefined) throw damagedIndex(manifest.version, damage);
      } catch (error) {
        await database[Symbol.asyncDispose]();
        throw error;
      }
      const { dimension, mapping } = manifest;
      return postgresStore(database, {
        ...{ place: manifest.postgres!, dimension, without },
        attributes: mapping.attributes,
      });
    },
    async damageOf({ postgres }) {
      await using database = await openDatabase(pgvector);
      return await damageIn(database, postgres!);
    },
    async removeUnused(lake, versions) {
      await using database = await openDatabase(pgvector);
      const schemas = new Set([
        schema,
        ...[...versions.there, ...versions.removed].flatMap(({ postgres }) => postgres?.schema ?? []),
      ]);
      for (const one of schemas) await removeIn(database, one, lake, versions);
    },
  };
}

/** They become a part of statements. */
function checkNumbers({ version, dimension, postgres }: IndexManifest): void {
  for (const number of [dimension, postgres!.passages])
    if (!Number.isSafeInteger(number) || number < 0)
      throw damagedIndex(version, 'its manifest has no number where one belongs');
}

/** What is in use, or out of reach at the moment, is removed by a later run. */
function unlessBusy(error: unknown): void {
  if (!(error instanceof ThroughlineError) || error.exitCode !== EXIT.tryAgain) throw error;
}

/** Rows are counted, some hundred milliseconds for a million. */
async function damageIn({ query }: Database, place: PostgresPlace): Promise<string | undefined> {
  const { passages, words } = tablesOf(place);
  for (const table of [passages, words]) {
    const [found] = await query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
    if (!found!.there) return `the table ${table} is not in Postgres`;
  }
  const [row] = await query<{ count: string }>(`SELECT count(*) FROM ${passages}`);
  const count = Number(row!.count);
  return count === place.passages ? undefined : `${passages} has ${count} rows instead of ${place.passages}`;
}

/** Of this lake alone, and of its place: a copy of it names the same collections, and must not remove them. */
async function removeIn(
  database: Database,
  schema: string,
  { pipeline, root }: { pipeline: string; root: string },
  { there, removed, isPartial }: RemovedVersions,
): Promise<void> {
  const { collections } = tablesOf({ schema, collection: '' });
  const named = (manifests: readonly IndexManifest[]) =>
    manifests.flatMap(({ postgres }) => (postgres?.schema === schema ? [postgres.collection] : []));
  const [list] = await database.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    collections,
  ]);
  if (!list!.there) return;
  const unused = await database.query<{ collection: string }>(
    `SELECT collection FROM ${collections} WHERE pipeline = $1 AND root = $2 AND collection <> ALL ($3::text[])
      AND (collection = ANY ($4::text[]) OR (NOT $5 AND made_at < clock_timestamp() - interval '${ABOUT_TO_SERVE}'))`,
    [pipeline, root, named(there), named(removed), isPartial],
  );
  for (const { collection } of unused) {
    const { passages, words } = tablesOf({ schema, collection });
    const dropped = database.transaction(async (query) => {
      await query(`SET LOCAL lock_timeout = '${LOCK_WAIT}'`);
      await query(`DROP TABLE IF EXISTS ${passages}, ${words}`);
      await query(`DELETE FROM ${collections} WHERE collection = $1`, [collection]);
    });
    await dropped.catch(unlessBusy);
  }
}
