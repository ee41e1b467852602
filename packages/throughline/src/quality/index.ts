export { checkBuild, failures, sentence } from './check-build.ts';
export { columnOf } from './column-of.ts';
export { type CheckResult, listResults, recordResults, type StoredResult } from './results.ts';
export { nameOf, rowConditions } from './row-conditions.ts';
