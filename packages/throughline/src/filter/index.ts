/** One filter language, CEL, for every engine. */
export { toDuckDb } from './duckdb.ts';
export { FilterError } from './errors.ts';
export { columnsOf, type Filter, type FilterColumns } from './filter.ts';
export { parseFilter } from './parse.ts';
export { toPostgres } from './postgres.ts';
export { renameColumns } from './rename.ts';
export { toSpark } from './spark.ts';
export { toZvec } from './zvec.ts';
