export { durationMs, sizeBytes } from './duration.ts';
export { ConfigError, type LoadedConfig, loadConfig, parseConfig, parseSettings } from './load.ts';
export { type ConfigProblem, describeIssue, place, placeOf } from './problems.ts';
export { rejectsRows } from './quality-schema.ts';
export {
  type ChunkConfig,
  type ColumnType,
  type Config,
  configJsonSchema,
  type SourceConfig,
  type SparkEngineConfig,
} from './schema.ts';
