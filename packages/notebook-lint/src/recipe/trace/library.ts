import { constantOf, namesOf, numberOfConstant, type TracedCall, textOfConstant } from './call.ts';
import { mask } from './condition.ts';
import { elementOf } from './element.ts';
import { concatenated, exprOf, other } from './expr.ts';
import { manyOf } from './expression.ts';
import { callWith } from './function.ts';
import { after, cells, columnOf, newTable } from './table.ts';
import { type Cells, type Expr, NOTHING, type Traced } from './traced.ts';

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
  if (SPLITS.test(path) && first.is === 'cells')
    return cells(
      first.table,
      {
        op: 'split',
        of: first.expr,
        splitter: { kind: 'library', path, call: splitterCall(call), receiver: call.receiverNode },
      },
      true,
    );
  if (path === 'builtins.str')
    return first.is === 'cells' ? { ...first, expr: { op: 'text', of: first.expr } } : first;
  if (path === 'builtins.len')
    return first.is === 'cells' && !first.many ? { ...first, expr: { op: 'size', of: first.expr } } : NOTHING;
  if (path === 'builtins.enumerate') return pair(first);
  if (path === 'builtins.zip') return zipped(call);
  if (path === 'builtins.map') return mapped(call);
  if (/^(os\.path\.join|pathlib\.(Pure)?(Posix|Windows)?Path)$/.test(path)) return joinedPath(call);
  if (/^pandas\.(concat)$/.test(path)) return concatenation(call, first);
  if (/^(pandas|polars)\.DataFrame$/.test(path)) return frameOf(call, first);
  if (/(^|\.)Document$/.test(path)) return documentOf(call);
  if (/\.(create_documents|split_documents)$/.test(path) && first.is === 'cells')
    return cells(
      first.table,
      {
        op: 'split',
        of: first.expr,
        splitter: { kind: 'library', path, call: splitterCall(call), receiver: call.receiverNode },
      },
      true,
    );
  if (/DataFrameLoader$/.test(path)) return loaderOf(call, first);
  if (/^(pandas)\.(isna|isnull|notna|notnull)$/.test(path) && first.is === 'cells') {
    const has = { op: 'has', left: first.expr } as const;
    return mask(first.table, name.startsWith('not') ? has : { op: 'not', of: has });
  }
  if (KEEPS.test(path)) return first;
  if (/^re\.sub$/.test(path)) return substituted(call);
  return made(call);
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

/** Functions of Spark and polars that put columns together. */
function ofColumns(call: TracedCall): Traced {
  const { name, node, positional, valueAt } = call;
  const values = positional.map(valueAt);
  const found = values.find((value): value is Cells => value.is === 'cells');
  if (name === 'length') return found ? { ...found, expr: { op: 'size', of: found.expr } } : NOTHING;
  if (/^(udf|pandas_udf)$/.test(name)) return values[0] ?? NOTHING;
  const separator = textOfConstant(
    name === 'concat_str' ? call.argument('separator') : (values[0] ?? NOTHING),
  );
  if (name === 'concat_ws') return joinedColumns(call, values.slice(1), separator);
  if (name === 'concat_str') return joinedColumns(call, flat(values), separator ?? '');
  if (name === 'concat') return joinedColumns(call, values, '');
  if (name === 'format_string') return formatted(call, values);
  if (!found) return NOTHING;
  if (/^(trim|lower|upper)$/.test(name))
    return {
      ...found,
      expr: { op: 'method', name: name === 'trim' ? 'strip' : name, of: found.expr, args: [], regex: false },
    };
  if (name === 'coalesce' && values.length === 2) {
    const value = constantOf(values[1]!);
    if (value !== undefined && value !== null)
      return { ...found, expr: { op: 'fill', of: found.expr, value: String(value) } };
  }
  if (name === 'substring') {
    const [start, length] = [numberOfConstant(values[1] ?? NOTHING), numberOfConstant(values[2] ?? NOTHING)];
    if (start === 1 && length !== undefined)
      return { ...found, expr: { op: 'slice', of: found.expr, start: undefined, end: length } };
  }
  return {
    ...found,
    expr: other(
      node,
      values.map(exprOf).filter((one) => one !== undefined),
    ),
  };
}

function flat(values: readonly Traced[]): Traced[] {
  return values.flatMap((value) => (value.is === 'list' ? value.items : [value]));
}

/** `concat_str(["a", pl.col("b")])`: texts name columns. Spark's `concat_ws` leaves out what is not there. */
function joinedColumns(
  { node, name }: TracedCall,
  values: readonly Traced[],
  separator: string | undefined,
): Traced {
  const exprs = values.map((value): Expr | undefined => {
    const text = textOfConstant(value);
    const isName = name !== 'concat' && text !== undefined;
    return isName ? { op: 'column', name: text } : exprOf(value);
  });
  const parts = exprs.flatMap((expr, index): (Expr | undefined)[] =>
    index > 0 && separator ? [{ op: 'literal', value: separator }, expr] : [expr],
  );
  // Spark leaves out what is not there, separator and all: only a blank line is put so by the pipeline, too.
  const isOwn = name === 'concat_ws' && separator !== '\n\n';
  const whole =
    separator === undefined || isOwn
      ? other(
          node,
          exprs.filter((one) => one !== undefined),
        )
      : concatenated(node, parts);
  return cells(newTable(undefined), whole, true);
}

function formatted({ node }: TracedCall, [format, ...values]: readonly Traced[]): Traced {
  const pieces = (format && textOfConstant(format))?.split('%s');
  const exprs = values.map(exprOf);
  if (!pieces || pieces.length !== exprs.length + 1 || pieces.some((piece) => piece.includes('%')))
    return cells(
      newTable(undefined),
      other(
        node,
        exprs.filter((one) => one !== undefined),
      ),
      true,
    );
  const parts = pieces.flatMap((piece, index): (Expr | undefined)[] => [
    { op: 'literal', value: piece },
    ...(index < exprs.length ? [exprs[index]] : []),
  ]);
  return cells(newTable(undefined), concatenated(node, parts), true);
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

/** Of a function that is not known: something made of the cells that it was given. */
function made(call: TracedCall): Traced | undefined {
  const values = [...call.positional, ...call.named.values()].map(call.valueAt);
  const of = values.find((value): value is Cells => value.is === 'cells');
  return of && !of.many ? { ...of, expr: other(call.node, [of.expr]) } : undefined;
}
