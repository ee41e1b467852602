export { checkBuild, failures, sentence } from './check-build.ts';
export { type CheckResult, listResults, recordResults, type StoredResult } from './results.ts';
export { rowConditions } from './row-conditions.ts';
