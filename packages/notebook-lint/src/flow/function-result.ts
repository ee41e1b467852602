import { isTrue, stringText } from '../python/call.ts';
import type { CallContext } from './call-value.ts';
import { isColumn, isFrame, newFrame, UNKNOWN, type Value } from './value.ts';

const PANDAS_READERS = /^(pandas|polars|cudf|modin\.pandas)\.(read_\w+|json_normalize|from_\w+)$/;
const PANDAS_FRAMES =
  /^(pandas|polars|cudf|modin\.pandas)\.(DataFrame(\.from_\w+)?|concat|merge|pivot_table|get_dummies)$/;
const SPARK_READERS = /SparkSession\.(read|table|sql|createDataFrame|range|readStream)\b/;
const SPARK_LOADS = /\.(csv|parquet|json|text|orc|load|table|sql|createDataFrame|range|format\(\)\.load)$/;
const MATRICES = /\.(vstack|stack|concatenate|array|asarray|hstack|cat)$/;
const KEEPS = new Set([
  'list',
  'enumerate',
  'zip',
  'reversed',
  'sorted',
  'tuple',
  'set',
  'iter',
  'tqdm',
  'trange',
  'track',
  'progress_bar',
  'notebook_tqdm',
]);

/** What a function of a library gives, where it is something that rules ask for. */
export function functionResult(context: CallContext): Value | undefined {
  const { path, call, arguments: args, name, valueAt } = context;
  const first = valueAt(args.positional[0]);
  if (PANDAS_READERS.test(path)) return table(context);
  if (PANDAS_FRAMES.test(path)) return { ...table(context), ...(first.few && { few: true }) };
  if (path === 'pyspark.sql.SparkSession.builder.getOrCreate()' || /SparkSession.*\.getOrCreate$/.test(path))
    return { type: 'object', path: 'pyspark.sql.SparkSession' };
  if (SPARK_READERS.test(path) && SPARK_LOADS.test(path))
    return { type: 'spark.DataFrame', path: 'spark.DataFrame', frame: newFrame(), call };
  if (path === 'datasets.load_dataset' || path === 'datasets.load_from_disk') return dataset(context);
  if (/^datasets\.(Dataset\.from_\w+|concatenate_datasets)$/.test(path))
    return { type: 'datasets.Dataset', path: 'datasets.Dataset', frame: newFrame(), call };
  if (
    path === 'builtins.open' ||
    path === 'io.open' ||
    path === 'codecs.open' ||
    /pathlib\.Path.*\.open$/.test(path)
  )
    return { type: 'file', path: 'file', call };
  if (path === 'builtins.range') return { type: 'list', path: 'range', call, element: { type: 'number' } };
  if (path === 'builtins.len' || path === 'builtins.int' || path === 'builtins.float')
    return { type: 'number' };
  if (/^builtins\.(str|input|repr)$/.test(path) || /^os\.(getenv|environ\.get)$/.test(path))
    return { type: 'text' };
  if (path === 'builtins.zip') return zipped(args.positional.map(valueAt));
  if (path === 'builtins.enumerate') return { ...first, type: 'list', element: UNKNOWN };
  if (name !== undefined && KEEPS.has(name) && args.positional.length > 0) return wrapped(first);
  if (/^(numpy|torch|tensorflow)\./.test(path) && MATRICES.test(path)) return stacked(first);
  return undefined;
}

function table({ call }: CallContext): Value {
  return { type: 'pandas.DataFrame', path: 'pandas.DataFrame', frame: newFrame(), call };
}

function dataset({ call, arguments: { named } }: CallContext): Value {
  const split = stringText(named.get('split'));
  const streaming = isTrue(named.get('streaming'));
  if (streaming) return { type: 'object', path: 'datasets.IterableDataset', call };
  const one = { type: 'datasets.Dataset', path: 'datasets.Dataset', frame: newFrame(), call } as const;
  return split === undefined && !named.has('split') ? { ...one, path: 'datasets.DatasetDict' } : one;
}

/** A wrapper that walks what it wraps: of a table or a column it stays one, for the loop over it. */
function wrapped(value: Value): Value {
  return isFrame(value) || isColumn(value) || value.type === 'list' || value.vectors ? value : { ...value };
}

function zipped(values: readonly Value[]): Value {
  const walked = values.find((value) => isColumn(value) || isFrame(value));
  return walked ?? { type: 'list', ...(values.every(({ few }) => few) && { few: true }) };
}

function stacked(value: Value): Value | undefined {
  if (value.vectors) return { type: 'array', vectors: value.vectors, matrix: true };
  if (isColumn(value) || value.matrix) return { ...value, type: 'array', matrix: true };
  return { type: 'array', ...(value.few && { few: true }) };
}
