/** One filter language, CEL, for every engine. */
export { toDuckDb } from './duckdb.ts';
export { FilterError, type FilterErrorCode, FilterNotSupportedError, type Position } from './errors.ts';
export { evaluate, type FilterRow } from './evaluate.ts';
export {
  type Column,
  type Comparison,
  columnsOf,
  type Filter,
  type FilterColumns,
  type FilterType,
  type Literal,
  type Operand,
  type TextTest,
} from './filter.ts';
export { parseFilter } from './parse.ts';
export { type SqlDialect, toSql } from './sql.ts';
export { toZvec, type ZvecFilter } from './zvec.ts';
