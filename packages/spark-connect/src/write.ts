import { create } from '@bufbuild/protobuf';
import {
  type Relation,
  WriteOperation_SaveTable_TableSaveMethod as SaveMethod,
  WriteOperation_SaveMode as SaveMode,
  type WriteOperation,
  WriteOperationSchema,
} from './protocol/spark_connect_pb.ts';

/** Where and how the rows of a relation are saved. */
export interface Write {
  /** `parquet`, `delta`, `csv`, `json`, ...; without it Spark's `spark.sql.sources.default`. */
  format?: string;
  /** A folder or URL as the cluster sees it. Either this or `table`. */
  path?: string;
  /** A table's name in the catalog, its columns matched by name. */
  table?: string;
  /** What happens to what is there already; `error` unless told otherwise. */
  mode?: 'error' | 'append' | 'overwrite' | 'ignore';
  /** Columns whose values become folders. */
  partitionBy?: readonly string[];
  /** The format's own, for this write alone: `compression`, `replaceWhere`, `txnAppId`, ... */
  options?: Readonly<Record<string, string>>;
}

const MODES = {
  error: SaveMode.ERROR_IF_EXISTS,
  append: SaveMode.APPEND,
  overwrite: SaveMode.OVERWRITE,
  ignore: SaveMode.IGNORE,
};

/** Throws TypeError unless there is one place to save to. */
export function writeOperation(input: Relation, write: Write): WriteOperation {
  const { format, mode = 'error', partitionBy = [], options = {} } = write;
  return create(WriteOperationSchema, {
    input,
    ...(format !== undefined && { source: format }),
    mode: MODES[mode],
    partitioningColumns: [...partitionBy],
    options: { ...options },
    saveType: target(write),
  });
}

function target({ path, table }: Write): WriteOperation['saveType'] {
  if ((path === undefined) === (table === undefined)) {
    throw new TypeError('A write has either a path or a table.');
  }
  if (path !== undefined) return { case: 'path', value: path };
  const operation = create(WriteOperationSchema, {
    saveType: {
      case: 'table',
      value: { tableName: table!, saveMethod: SaveMethod.SAVE_AS_TABLE },
    },
  });
  return operation.saveType;
}
