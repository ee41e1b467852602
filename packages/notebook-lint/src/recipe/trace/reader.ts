import { textOf } from '../../python/node.ts';
import type { TracedCall } from './call.ts';
import { namesOf, textOfConstant } from './call.ts';
import { after, newReading, newTable, noteUse } from './table.ts';
import type { Reading, Table, Traced } from './traced.ts';

const READERS =
  /^((pandas|polars|cudf|modin\.pandas|dask\.dataframe|pyspark\.pandas)\.(read_\w+|scan_\w+|json_normalize)|datasets\.(load_dataset|load_from_disk|Dataset\.from_\w+)|json\.loads?|pickle\.load|pyspark\.sql\.SparkSession\.(read(\.\w+(\(\))?)*\.(csv|parquet|json|text|orc|load|table)|table|sql)|duckdb\.(sql|query|read_\w+))$/;

/** Rows that come from a file, a table or a hub. */
export function readingOf(call: TracedCall): Traced | undefined {
  const { path, node, trace } = call;
  if (!READERS.test(path)) return undefined;
  if (/^(json|pickle)\./.test(path) && !isFile(call)) return undefined;
  const reading = newReading(node, path, call.named.has('chunksize') || call.named.has('iterator'));
  const table = limited(newTable(reading), call);
  trace.read.push(table);
  noteColumns(reading, table, call);
  return { is: 'table', table };
}

/** `json.load(file)` of a file that was opened here. */
function isFile({ positional, trace }: TracedCall): boolean {
  const [first] = positional;
  const known = trace.analysis.knownOf(first);
  return (
    known.type === 'file' || known.path === 'file' || (first !== undefined && /^open\(/.test(textOf(first)))
  );
}

/** `nrows=1000` is a sample. `usecols`, `parse_dates` and `index_col` name columns. */
function limited(table: Table, call: TracedCall): Table {
  const rows = call.named.get('nrows') ?? call.named.get('n_rows');
  if (!rows) return table;
  const value = call.valueAt(rows);
  const count = value.is === 'constant' && typeof value.value === 'number' ? value.value : undefined;
  if (value.is === 'constant' && value.value === null) return table;
  return after(table, {
    op: 'sample',
    how: 'first',
    rows: count,
    share: undefined,
    seed: undefined,
    node: call.node,
  });
}

function noteColumns(reading: Reading, table: Table, call: TracedCall): void {
  const { node } = call;
  for (const option of ['usecols', 'columns'])
    for (const name of namesOf(call.argument(option)) ?? []) noteUse(table, name, node);
  for (const name of namesOf(call.argument('parse_dates')) ?? []) {
    reading.times.set(name, { node, format: textOfConstant(call.argument('date_format')) });
    noteUse(table, name, node);
  }
  const index = textOfConstant(call.argument('index_col'));
  if (index !== undefined) reading.ids.set(index, node);
}
