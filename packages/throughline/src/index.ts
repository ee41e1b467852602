/** The library: what the command line does, called from a program. Each function says what it promises. */
export { type CompareRequest, type Comparison, compareSides } from './compare/index.ts';
export { type Config, ConfigError, configJsonSchema, type LoadedConfig, loadConfig } from './config/index.ts';
export { ThroughlineError } from './error.ts';
export {
  type EvaluateOptions,
  evaluateSearch,
  type JudgementSet,
  readJudgements,
  type SearchEvaluation,
} from './evaluation/index.ts';
export { existingLake, type Lake } from './lake/lake.ts';
export { type Embedder, type EmbedOptions, type ModelSpec, openEmbedder, specOf } from './model/index.ts';
export {
  listRuns,
  type RunEffects,
  type RunEntry,
  type RunOptions,
  type RunReporter,
  type RunResult,
  runPipeline,
} from './run/index.ts';
export {
  type FollowOptions,
  followSearcher,
  type Hit,
  openSearcher,
  type Searcher,
  type SearcherOptions,
  type SearchMode,
  type SearchRequest,
  type SearchResult,
  type SimilarRequest,
} from './search/index.ts';
export {
  diffThemes,
  type EditEffects,
  type EditedThemes,
  editThemes,
  evaluateThemes,
  type ListedEdit,
  listEdits,
  listThemes,
  listThemesVersions,
  showTheme,
  type Theme,
  type ThemeChange,
  type ThemeDetail,
  type ThemeEditRequest,
  type ThemePassage,
  type ThemesDiff,
  type ThemesEvaluation,
  type ThemesList,
  type ThemesVersion,
} from './theme/index.ts';
