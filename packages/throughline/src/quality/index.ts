export { checkBuild, failures, sentence } from './check-build.ts';
export { BUILT_IN, type Counts } from './check-counts.ts';
export { INDEX_CHECKS, indexResults } from './check-index.ts';
export { MOST_ADDED, schemaChanges } from './check-schema.ts';
export { themeResults } from './check-themes.ts';
export { columnOf } from './column-of.ts';
export { columnsAfter } from './field-shares.ts';
export { type CheckResult, listResults, recordResults, type StoredResult } from './results.ts';
export { nameOf, rowConditions, textColumnOf } from './row-conditions.ts';
