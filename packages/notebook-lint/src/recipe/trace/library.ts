import { namesOf, type TracedCall, textOfConstant } from './call.ts';
import { ofColumns } from './column-functions.ts';
import { mask } from './condition.ts';
import { elementOf } from './element.ts';
import { other } from './expr.ts';
import { manyOf } from './expression.ts';
import { callWith } from './function.ts';
import { after, cells, columnOf, newTable } from './table.ts';
import { type Cells, NOTHING, type Traced } from './traced.ts';

const KEEPS =
  /(^builtins\.(list|tuple|sorted|set|iter|reversed)$|^tqdm|\btqdm$|^rich\.progress|\btrange$|^numpy\.(array|asarray|vstack|stack|concatenate|squeeze)$|^torch\.(stack|cat|tensor|from_numpy)$|^pandas\.Series$|\.normalize$|^copy\.(deepcopy|copy)$)/;
const COLUMN = /^(pyspark\.sql\.functions\.(col|column)|polars\.col)$/;
const SPLITS =
  /(TextSplitter(\.from_\w+\(\))?|SentenceSplitter|TokenTextSplitter)\.split_text$|^(nltk(\.tokenize)?\.)?sent_tokenize$/;
const TIMES = /^(pandas\.to_datetime|pyspark\.sql\.functions\.(to_date|to_timestamp))$/;

/** What functions of libraries make of rows, columns and literals. */
export function libraryResult(call: TracedCall): Traced | undefined {
  const { path, name } = call;
  const first = call.argument('', 0);
  if (COLUMN.test(path)) {
    const column = textOfConstant(first);
    return column === undefined ? NOTHING : cells(newTable(undefined), { op: 'column', name: column }, true);
  }
  if (/^pyspark\.sql\.functions\.(lit)$|^polars\.lit$/.test(path)) return first;
  if (TIMES.test(path)) return timeOf(call, first);
  if (/^(pyspark\.sql\.functions|polars)\./.test(path)) return ofColumns(call);
  if (SPLITS.test(path) && first.is === 'cells') return splitBy(call, first);
  if (path === 'builtins.str')
    return first.is === 'cells' ? { ...first, expr: { op: 'text', of: first.expr } } : first;
  if (path === 'builtins.len')
    return first.is === 'cells' && !first.many ? { ...first, expr: { op: 'size', of: first.expr } } : NOTHING;
  if (path === 'builtins.enumerate') return pair(first);
  if (path === 'builtins.zip') return zipped(call);
  if (path === 'builtins.map') return mapped(call);
  if (/^(os\.path\.join|pathlib\.(Pure)?(Posix|Windows)?Path)$/.test(path)) return joinedPath(call);
  if (/^pandas\.(concat)$/.test(path)) return concatenation(call, first);
  if (/\btrain_test_split$/.test(path)) return parted(call);
  if (/^(pandas|polars|dask\.dataframe)\.(merge|merge_asof|merge_ordered|join|align\w*)$/.test(path))
    return combined(call);
  if (/^(pandas|polars)\.DataFrame$/.test(path)) return frameOf(call, first);
  if (/(^|\.)Document$/.test(path)) return documentOf(call);
  if (/\.(create_documents|split_documents)$/.test(path) && first.is === 'cells') return splitBy(call, first);
  if (/DataFrameLoader$/.test(path)) return loaderOf(call, first);
  if (/^(pandas)\.(isna|isnull|notna|notnull)$/.test(path) && first.is === 'cells') {
    const has = { op: 'has', left: first.expr } as const;
    return mask(first.table, name.startsWith('not') ? has : { op: 'not', of: has });
  }
  if (KEEPS.test(path)) return first;
  if (/^re\.sub$/.test(path)) return substituted(call);
  return made(call);
}

/** The pieces of a text, by a splitter of a library. */
function splitBy(call: TracedCall, { table, expr }: Cells): Traced {
  const { path, receiverNode: receiver } = call;
  const splitter = { kind: 'library', path, call: splitterCall(call), receiver } as const;
  return cells(table, { op: 'split', of: expr, splitter }, true);
}

function splitterCall({ trace, receiverNode, node }: TracedCall) {
  return trace.analysis.knownOf(receiverNode).call ?? node;
}

function pair(value: Traced): Traced {
  const element = elementOf(value);
  return { is: 'list', items: [{ is: 'list', items: [NOTHING, element] }] };
}

/** Pairs of rows that belong together. */
function zipped({ positional, valueAt }: TracedCall): Traced {
  return { is: 'list', items: [{ is: 'list', items: positional.map((node) => elementOf(valueAt(node))) }] };
}

function mapped(call: TracedCall): Traced {
  const [fn, over] = [call.argument('', 0), call.argument('', 1)];
  return fn.is === 'function' ? manyOf(callWith(fn, call, [elementOf(over)]), over) : NOTHING;
}

function joinedPath({ positional, valueAt }: TracedCall): Traced {
  const parts = positional.map((node) => textOfConstant(valueAt(node)));
  if (parts.length === 0 || parts.some((part) => part === undefined)) return NOTHING;
  return { is: 'constant', value: parts.map((part) => part!.replace(/(?<=.)\/$/, '')).join('/') };
}

/** Rows of several files in a loop are those of one; of sources that are spelled out, which they are is not followed. */
function concatenation({ node }: TracedCall, value: Traced): Traced {
  if (value.is !== 'list') return value.is === 'table' ? value : NOTHING;
  const tables = value.items.flatMap((item) => (item.is === 'table' ? [item.table] : []));
  const [first] = tables;
  if (!first) return NOTHING;
  if (tables.every(({ reading }) => reading === first.reading)) return { is: 'table', table: first };
  return { is: 'table', table: after(first, { op: 'other', name: 'concat', node }) };
}

/** `pd.merge(df, other, on="id")`: which rows are left is not followed. */
function combined(call: TracedCall): Traced {
  const [left, right] = [call.argument('left', 0), call.argument('right', 1)];
  const table = left.is === 'table' ? left.table : right.is === 'table' ? right.table : undefined;
  if (!table) return NOTHING;
  return { is: 'table', table: after(table, { op: 'other', name: call.name, node: call.node }) };
}

/** `train, test = train_test_split(df)`: each has some of the rows. */
function parted({ positional, valueAt, node, name }: TracedCall): Traced {
  const items = positional.map(valueAt).flatMap((value) => {
    const part: Traced =
      value.is === 'table' || value.is === 'cells'
        ? { ...value, table: after(value.table, { op: 'other', name, node }) }
        : NOTHING;
    return [part, part];
  });
  return { is: 'list', items };
}

/** A table of a column, of rows that are spelled as dicts, or of columns by name. */
function frameOf(call: TracedCall, value: Traced): Traced {
  if (value.is === 'row') return { is: 'table', table: value.table };
  if (value.is === 'cells') {
    const [name] = namesOf(call.argument('columns')) ?? [];
    const columns = new Map(name === undefined ? [] : [[name, value]]);
    return { is: 'table', table: { ...value.table, columns } };
  }
  if (value.is === 'table') return value;
  if (value.is === 'list' && value.items[0]?.is === 'row')
    return { is: 'table', table: value.items[0].table };
  const dict = value.is === 'dict' ? value : value.is === 'list' ? value.items[0] : undefined;
  const columns = dict?.is === 'dict' ? [...dict.entries] : [];
  const of = columns.map(([, column]) => column).find((column) => column.is === 'cells');
  if (!of) return { is: 'table', table: newTable(undefined) };
  const table = { ...of.table, columns: new Map<string, Traced>(columns) };
  return { is: 'table', table };
}

/** Of LangChain and LlamaIndex: the text that it holds. */
function documentOf(call: TracedCall): Traced {
  for (const name of ['page_content', 'text']) if (call.named.has(name)) return call.argument(name);
  return call.argument('', 0);
}

/** LangChain's loader of a table: its `load()` gives the texts. */
function loaderOf(call: TracedCall, value: Traced): Traced {
  const name = textOfConstant(call.argument('page_content_column', 1)) ?? 'text';
  return value.is === 'table' ? columnOf(value.table, name, call.node) : NOTHING;
}

function timeOf(call: TracedCall, value: Traced): Traced {
  if (value.is !== 'cells') return value;
  const { expr, table } = value;
  const format = textOfConstant(call.argument('format')) ?? textOfConstant(call.argument('', 1));
  if (expr.op === 'column') table.reading?.times.set(expr.name, { node: call.node, format });
  return { ...value, expr: { op: 'time', of: expr, format } };
}

function substituted(call: TracedCall): Traced | undefined {
  const [pattern, replacement, text] = [0, 1, 2].map((index) => call.argument('', index));
  if (text?.is !== 'cells') return undefined;
  const args = [textOfConstant(pattern!), textOfConstant(replacement!)];
  if (args.some((one) => one === undefined) || call.named.size > 0 || call.positional.length > 3)
    return { ...text, expr: other(call.node, [text.expr]) };
  return {
    ...text,
    expr: { op: 'method', name: 'replace', of: text.expr, args: args as string[], regex: true },
  };
}

/** Functions that give a value for each of a column's. */
const BY_VALUE =
  /^(pandas\.(to_numeric|to_timedelta|cut|qcut)|numpy\.(where|select|char\.\w+|strings\.\w+))$/;

/** Of a function that is not known: something made of the cells that it was given. */
function made(call: TracedCall): Traced | undefined {
  const values = [...call.positional, ...call.named.values()].map(call.valueAt);
  const of = values.find((value): value is Cells => value.is === 'cells');
  if (of && BY_VALUE.test(call.path))
    return {
      ...of,
      expr: other(
        call.node,
        values.flatMap((value) => (value.is === 'cells' ? [value.expr] : [])),
      ),
    };
  return of && !of.many ? { ...of, expr: other(call.node, [of.expr]) } : undefined;
}
