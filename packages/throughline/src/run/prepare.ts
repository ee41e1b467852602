/** What planning and running share: settings resolved and files found. */
import { resolve } from 'node:path';
import type { ChunkRule } from '../chunk/plan.ts';
import { configuredRule } from '../chunk/plan.ts';
import { programDigest } from '../command/index.ts';
import { type Config, ConfigError, type LoadedConfig } from '../config/index.ts';
import type { Engine } from '../engine/engine.ts';
import { asThroughlineError, EXIT, ThroughlineError } from '../error.ts';
import { type JudgementSet, readJudgements } from '../evaluation/index.ts';
import { FilterError, parseFilter } from '../filter/index.ts';
import { readForgotten } from '../lake/forgotten.ts';
import { type Lake, lakeIfThere } from '../lake/lake.ts';
import { lakeRootOf } from '../lake/lake-path.ts';
import { type FetchEffects, type ModelInfo, type ModelSpec, modelInfo, specOf } from '../model/index.ts';
import { BUILT_IN, columnOf, nameOf, rowConditions, textColumnOf } from '../quality/index.ts';
import type { SourceFiles } from '../source/files.ts';
import { filterColumns } from '../source/filter-columns.ts';
import { type Mapping, mappingOf, requiredColumns } from '../source/mapping.ts';
import { configuredProgram, configuredTaxonomy, type Taxonomy, type ThemesProgram } from '../theme/index.ts';
import { commandsOf } from '../transform/index.ts';
import {
  addsColumns,
  type GoesBy,
  type LookedAt,
  lookForAdded,
  lookToken,
  readAdded,
  withAdded,
} from './added-columns.ts';

/** How columns are looked for that are new in the source, where the config asks for it. */
export interface Looking {
  goesBy?: GoesBy;
  acceptSchema?: boolean | undefined;
}

export interface Prepared {
  config: Config;
  /** Folder that relative paths in the config start from. */
  directory: string;
  lakeRoot: string;
  mapping: Mapping;
  files: SourceFiles;
  model: ModelInfo;
  spec: ModelSpec;
  /** Digests of the commands of `transform` and `split`, with their files. */
  programs: readonly string[];
  /** The rule that the config names; undefined if the planner chooses. */
  rule: ChunkRule | undefined;
  /** Of `acceptance.ndcg`. */
  judgements: JudgementSet | undefined;
  /** Digests of the ids of records that were forgotten on request: rows of them are left out as by the filter. */
  forgotten: readonly string[];
  /** Of `themes.taxonomy`. */
  taxonomy: Taxonomy | undefined;
  /** Of `themes.command`. */
  themesProgram: ThemesProgram | undefined;
  /** Of `schema: { added: add }`: what the lake has of added columns, after this look. */
  added: LookedAt | undefined;
  /** Of that look; undefined where it was none, or the state of the source cannot be told. */
  lookToken: string | undefined;
}

/** Checks everything that can be checked without reading the source's rows; a model of a hub is downloaded. The config it gives has the attributes that were added. Throws ConfigError or errors of the files. */
export async function prepare(
  loaded: LoadedConfig,
  engine: Pick<Engine, 'findFiles' | 'describe'>,
  effects: FetchEffects = {},
  { goesBy = 'source', acceptSchema = false }: Looking = {},
): Promise<Prepared> {
  const { directory, file } = loaded;
  checkSchemaConfig(loaded.config, file);
  const files = await engine.findFiles();
  const lakeRoot = lakeRootOf(directory, loaded.config.lake);
  const token = goesBy === 'source' ? lookToken(loaded.config, files) : undefined;
  const describe = () =>
    engine.describe({ config: loaded.config, mapping: mappingOf(loaded.config.source), files, directory });
  const lake = await lakeThatAdds(loaded.config, lakeRoot);
  const look = { token, describe, goesBy, acceptSchema };
  const added = lake && (await lookForAdded(lake, loaded.config, look));
  const config = added ? withAdded(loaded.config, [...added.added, ...added.pending]) : loaded.config;
  const mapping = mappingOf(config.source);
  checkChunk(config, file);
  checkQualityConfig(config, mapping, file);
  checkFilter(config, mapping, file);
  const spec = specOf(config.embed, directory);
  checkPrice(config, spec, file);
  const { ndcg } = config.acceptance;
  const judgements = ndcg && (await readJudgements(resolve(directory, ndcg.judgements)));
  return {
    config,
    directory,
    lakeRoot,
    forgotten: await readForgotten(lakeRoot).catch(elseIfNowhere([])),
    mapping,
    rule: configuredRule(config, file),
    judgements,
    taxonomy: await configuredTaxonomy(loaded),
    themesProgram: await configuredProgram({ config, directory }),
    files,
    added,
    lookToken: token,
    spec,
    model: await modelInfo(spec, effects),
    programs: await Promise.all(commandsOf(config).map((command) => programDigest(command, directory))),
  };
}

/** The lake, where the config adds columns and there is one. */
async function lakeThatAdds(config: Config, lakeRoot: string): Promise<Lake | undefined> {
  return addsColumns(config) ? await lakeIfThere(lakeRoot).catch(elseIfNowhere(undefined)) : undefined;
}

/** The config with the attributes that were added, as the checks have passed them. */
export async function configWithAdded({ config, directory }: LoadedConfig): Promise<Config> {
  const lake = await lakeThatAdds(config, lakeRootOf(directory, config.lake));
  const added = lake && (await readAdded(lake));
  return added ? withAdded(config, added.added) : config;
}

/** Where there is no place for a lake nothing was forgotten: who makes the lake says what is wrong. */
function elseIfNowhere<T>(instead: T): (thrown: unknown) => T {
  return (thrown) => {
    if (asThroughlineError(thrown).exitCode === EXIT.noInput) return instead;
    throw thrown;
  };
}

/** What nobody has said a price of costs nothing, and a limit of it is always met. */
function checkPrice({ acceptance, embed }: Config, spec: ModelSpec, file: string): void {
  if (acceptance.costPerRun === undefined || spec.model !== 'api' || embed.price !== undefined) return;
  throw new ConfigError(
    file,
    [{ message: 'acceptance.costPerRun needs embed.price: without it nothing is known to cost anything' }],
    'Say what the API charges: embed: { price: { perMillionTokens: 0.02 } }',
  );
}

/** Throws ConfigError where the check `schema` asks for what the source cannot give. */
function checkSchemaConfig(config: Config, file: string): void {
  const { source, transform, quality } = config;
  const refuse = (what: string, hint: string): never => {
    throw new ConfigError(file, [{ message: `quality: schema: ${what}` }], hint);
  };
  if (!quality.some(({ check }) => check === 'schema')) return;
  if (source.type === 'jsonl')
    refuse(
      'every line of JSON Lines has columns of its own',
      'Check the attributes instead, such as { check: not_null, column: product }.',
    );
  if (source.value === 'text')
    refuse(
      'a topic whose values are texts has no fields',
      'Take the check away, or say source.value: json where the values are JSON.',
    );
  if (!addsColumns(config)) return;
  const instead = 'Say added: warn, and name under source.attributes what you want';
  if (source.type === 'kafka')
    refuse(
      'added: add reads the source anew, of a topic only what the broker still keeps',
      `${instead}; optional: true where older messages have no such field.`,
    );
  if (source.id === undefined)
    refuse('added: add needs source.id: without it every record would have another id', `${instead}.`);
  if (transform.some((step) => 'sql' in step))
    refuse(
      'added: add does not go with transform: sql, which says itself which columns there are',
      `${instead}.`,
    );
}

/** Throws ConfigError where chunks are cut by a column that need not be there. */
function checkChunk({ source, chunk }: Config, file: string): void {
  const by = chunk?.by;
  if (by === undefined || by === 'file' || requiredColumns(source, [by]).length > 0) return;
  throw new ConfigError(
    file,
    [{ message: `chunk.by: ${by} is optional, and rows without it would have no chunk` }],
    'Name it under source.attributes without optional: true, or cut chunks by another column.',
  );
}

/** Throws ConfigError where a check names what is not there, or compares what cannot be compared. */
function checkQualityConfig({ quality }: Config, mapping: Mapping, file: string): void {
  const names = quality.map(nameOf);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  const own = names.find((name) => (BUILT_IN as readonly string[]).includes(name));
  if (own !== undefined)
    throw new ConfigError(
      file,
      [{ message: `quality: ${own} is the name of a check that is always on` }],
      'Give yours another name: name: ...',
    );
  if (twice !== undefined)
    throw new ConfigError(
      file,
      [{ message: `quality: two checks are called ${twice}` }],
      'Give one of them a name of its own: name: ...',
    );
  for (const [i, check] of quality.entries())
    try {
      rowConditions([check], mapping);
      if (check.check === 'unique' || check.check === 'relationships') columnOf(check.column, mapping);
      if (check.check === 'language' || check.check === 'duplicates')
        textColumnOf(check.column ?? 'text', mapping);
    } catch (error) {
      if (!(error instanceof ThroughlineError)) throw error;
      throw new ConfigError(file, [{ message: `quality.${i}: ${error.message}` }], error.hint);
    }
}

/** Throws ConfigError with the filter's fault. */
export function checkFilter({ source }: Config, mapping: Mapping, file: string): void {
  if (source.filter === undefined) return;
  try {
    parseFilter(source.filter, filterColumns(mapping));
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new ConfigError(file, [{ message: `source.filter: ${error.message}` }], error.hint);
  }
}
