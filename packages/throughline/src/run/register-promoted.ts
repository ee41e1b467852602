import type { Config } from '../config/index.ts';
import type { CatalogTables, Engine } from '../engine/engine.ts';
import { asThroughlineError } from '../error.ts';
import { BUILD_TABLES } from '../lake/build.ts';
import { type Current, type Lake, readCurrent } from '../lake/lake.ts';
import { THEME_TABLES } from '../lake/table-names.ts';
import type { RunEffects } from './run-effects.ts';

/**
 * Names what is promoted in the catalog that the config names. The lake is whole without it: what goes wrong is a warning, and
 * each run looks again.
 */
export async function registerPromoted(
  lake: Lake,
  engine: Engine,
  { catalog }: Config,
  { reporter, signal }: Pick<RunEffects, 'reporter' | 'signal'>,
): Promise<void> {
  if (catalog === undefined) return;
  const warn = (reason: string) =>
    reporter.warning(`the catalog may not have what is promoted: ${reason}. The next run looks again.`);
  if (engine.register === undefined) return warn('this run has no Spark cluster to reach it by');
  const tables = tablesOf(await readCurrent(lake));
  if (tables.size === 0) return;
  try {
    const { changed, problems } = await engine.register(catalog.schema, tables);
    if (changed.length > 0) reporter.info?.(`in the catalog, in ${catalog.schema}: ${changed.join(', ')}`);
    if (problems.length > 0) warn(problems.join('; '));
  } catch (error) {
    signal.throwIfAborted();
    warn(asThroughlineError(error).message.split('\n')[0]!);
  }
}

function tablesOf({ build, themes }: Current): CatalogTables {
  const tables = new Map<string, string[]>();
  if (build !== undefined) for (const name of BUILD_TABLES) tables.set(name, ['builds', build, name]);
  if (themes !== undefined) for (const name of THEME_TABLES) tables.set(name, [name, themes]);
  return tables;
}
