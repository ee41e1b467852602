import { field, textOf } from '../../python/node.ts';
import { constantOf, numberOfConstant, type TracedCall, textOfConstant } from './call.ts';
import { constantsOf, mask } from './condition.ts';
import { embeddingOfPassed } from './embedding.ts';
import { concatenated, other } from './expr.ts';
import { callWith } from './function.ts';
import { after, cells } from './table.ts';
import { isWhole } from './table-method.ts';
import {
  type Cells,
  type Condition,
  type Constant,
  type Expr,
  NOTHING,
  type Step,
  type Traced,
} from './traced.ts';

/** Methods that give the same values. */
const SAME =
  /^(tolist|to_list|to_numpy|values|copy|reset_index|items|alias|collect|toPandas|numpy|sort_values|iter|to_frame|str|dt|infer_objects|persist|cache|itertuples|load|lazy_load)$/;
/** Methods of texts that Python and `Series.str` have alike. */
const TEXT =
  /^(lower|upper|title|capitalize|casefold|swapcase|strip|lstrip|rstrip|removeprefix|removesuffix|zfill|translate|normalize|encode|decode)$/;
const APPLY = /^(apply|map|progress_apply|parallel_apply|map_elements|progress_map|swifter|transform)$/;
const COMPARES: Readonly<Record<string, '==' | '!=' | '<' | '<=' | '>' | '>='>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
};

/** What a method of a column, or of one cell, gives. */
export function cellsMethod(call: TracedCall, on: Cells): Traced {
  const { name, node } = call;
  const condition = conditionOf(call, on);
  if (condition) return mask(on.table, condition);
  const rows = rowsStep(call);
  if (name === 'sample' && !rows) return on;
  if (rows) return cells(after(on.table, { ...rows, node } as Step), on.expr, on.many);
  if (APPLY.test(name)) return applied(call, on);
  const expr = exprOf(call, on.expr);
  return expr ? { ...on, expr } : NOTHING;
}

function exprOf(call: TracedCall, of: Expr): Expr | undefined {
  const { name, node } = call;
  if (name === 'astype' || name === 'cast')
    return /str|string/i.test(callText(call)) ? { op: 'text', of } : other(node, [of]);
  if (name === 'fillna' || name === 'fill_null') {
    const value = constantOf(call.argument('value', 0));
    return value === undefined ? other(node, [of]) : { op: 'fill', of, value: String(value) };
  }
  if (TEXT.test(name)) return { op: 'method', name, of, args: constants(call), regex: false };
  if (name === 'replace') return replaced(call, of);
  if (name === 'slice') {
    const [start, end] = [
      numberOfConstant(call.argument('start', 0)),
      numberOfConstant(call.argument('stop', 1)),
    ];
    return { op: 'slice', of, start, end };
  }
  if (name === 'len' || name === 'len_chars') return { op: 'size', of };
  if (name === 'cat') return besides(call, of);
  if (SAME.test(name)) return of;
  if (
    /^(unique|value_counts|nunique|mean|sum|max|min|describe|hist|plot|isna|any|all|count|std|median|mode|duplicated|idxmax|groupby)$/.test(
      name,
    )
  )
    return undefined;
  return other(node, [of]);
}

/** `df["a"].str.cat(df["b"], sep=" ")`. Without another column it makes one text of all. */
function besides(call: TracedCall, of: Expr): Expr {
  const [others, separator] = [call.argument('others', 0), call.argument('sep')];
  const between = separator.is === 'unknown' && !call.named.has('sep') ? '' : textOfConstant(separator);
  if (
    others.is !== 'cells' ||
    between === undefined ||
    call.positional.length > 1 ||
    call.named.has('na_rep')
  )
    return other(call.node, [of, ...(others.is === 'cells' ? [others.expr] : [])]);
  return concatenated(call.node, [of, { op: 'literal', value: between }, others.expr]);
}

function callText({ positional, named }: TracedCall): string {
  return [...positional, ...named.values()].map(textOf).join(' ');
}

function constants({ positional, valueAt }: TracedCall): Constant[] {
  return positional.map((node) => constantOf(valueAt(node)) ?? null);
}

/** `.str.replace(a, b)`: literal unless `regex=True` says otherwise, since pandas 2. Python's own is always literal. */
function replaced(call: TracedCall, of: Expr): Expr {
  const args = [constantOf(call.argument('pat', 0)), constantOf(call.argument('repl', 1))];
  const [from, to] = args;
  const ofColumn = /\.str$/.test(textOf(call.receiverNode ?? call.node));
  if (typeof from !== 'string' || typeof to !== 'string') return other(call.node, [of]);
  if (call.receiver.is === 'cells' && call.receiver.many && !ofColumn) return other(call.node, [of]);
  if (call.named.has('case') || call.named.has('flags') || call.positional.length > 2)
    return other(call.node, [of]);
  const regex = constantOf(call.argument('regex')) === true;
  return { op: 'method', name: 'replace', of, args: [from, to], regex };
}

function conditionOf(call: TracedCall, on: Cells): Condition | undefined {
  const { name, node } = call;
  const left = on.expr;
  if (/^(notna|notnull|is_not_null|isNotNull)$/.test(name)) return { op: 'has', left };
  if (/^(isna|isnull|is_null|isNull)$/.test(name)) return { op: 'not', of: { op: 'has', left } };
  if (/^(isin|is_in)$/.test(name)) {
    const values = constantsOf(call.argument('values', 0)) ?? listOfConstants(call);
    return values ? { op: 'in', left, values } : { op: 'other', node };
  }
  if (name === 'between') {
    const [low, high] = [constantOf(call.argument('left', 0)), constantOf(call.argument('right', 1))];
    if (
      low === undefined ||
      high === undefined ||
      low === null ||
      high === null ||
      call.named.has('inclusive')
    )
      return { op: 'other', node };
    return {
      op: 'and',
      of: [
        { op: 'compare', is: '>=', left, right: low },
        { op: 'compare', is: '<=', left, right: high },
      ],
    };
  }
  const is = COMPARES[name];
  const right = is && constantOf(call.argument('other', 0));
  if (is && right !== undefined && right !== null) return { op: 'compare', is, left, right };
  return textTest(call, left);
}

/** `isin` of Spark takes its values one by one. */
function listOfConstants({ positional, valueAt }: TracedCall): Constant[] | undefined {
  const values = positional.map((at) => constantOf(valueAt(at)));
  return values.length > 0 && values.every((value) => value !== undefined)
    ? (values as Constant[])
    : undefined;
}

const TESTS: Readonly<Record<string, 'contains' | 'startsWith' | 'endsWith'>> = {
  contains: 'contains',
  startswith: 'startsWith',
  endswith: 'endsWith',
  starts_with: 'startsWith',
  ends_with: 'endsWith',
};

/** `.str.contains` takes a regular expression unless told otherwise: plain words mean the same as either. */
function textTest(call: TracedCall, left: Expr): Condition | undefined {
  const is = TESTS[call.name];
  if (!is)
    return call.name === 'match' || call.name === 'fullmatch' ? { op: 'other', node: call.node } : undefined;
  const text = textOfConstant(call.argument('pat', 0));
  const plain =
    text !== undefined &&
    (is !== 'contains' || constantOf(call.argument('regex')) === false || !/[\\^$.|?*+()[\]{}]/.test(text));
  const folded =
    constantOf(call.argument('case')) === false || call.named.has('flags') || call.positional.length > 1;
  const ofNothing = constantOf(call.argument('na'));
  return plain && !folded && ofNothing !== true
    ? { op: 'text', is, left, text }
    : { op: 'other', node: call.node };
}

type StepBody = Step extends infer S ? (S extends Step ? Omit<S, 'node'> : never) : never;

/** `df["text"].dropna().head(100)`: steps on the rows that the column is of. */
function rowsStep(call: TracedCall): StepBody | undefined {
  const { name, receiver } = call;
  if (receiver.is !== 'cells' || !receiver.many) return undefined;
  if (name === 'dropna' || name === 'drop_nulls') return { op: 'drop_nulls', columns: [receiver.expr] };
  if ((name === 'drop_duplicates' || name === 'unique') && !isShown(call))
    return { op: 'dedupe', columns: [receiver.expr], keep: 'first' };
  if (name === 'sample' && isWhole(call)) return undefined;
  if (name === 'head' || name === 'sample' || name === 'tail' || name === 'limit') {
    const rows = numberOfConstant(call.argument('n', 0));
    const share = numberOfConstant(call.argument('frac'));
    const seed = numberOfConstant(call.argument('random_state'));
    return {
      op: 'sample',
      how: name === 'sample' ? 'random' : name === 'tail' ? 'last' : 'first',
      rows,
      share,
      seed,
    };
  }
  return undefined;
}

function isShown({ node }: TracedCall): boolean {
  return node.parent?.type === 'expression_statement';
}

/** `column.apply(f)`, `map(f)`; `map` of a dict, and functions that parse vectors. */
function applied(call: TracedCall, on: Cells): Traced {
  const fn = call.argument('func', 0);
  const given = call.positional[0] ?? call.named.get('func') ?? call.named.get('arg');
  const one = cells(on.table, on.expr, false);
  if (fn.is === 'function') {
    const result = callWith(fn, call, [one]);
    return result.is === 'cells' ? { ...result, many: true } : result;
  }
  const embedded = given && embeddingOfPassed(call, given, one);
  if (embedded) return embedded;
  const path = call.trace.analysis.knownOf(given).path ?? '';
  if (
    /literal_eval$|builtins\.eval$|json\.loads$|numpy\.(array|fromstring|asarray)$/.test(path) &&
    parsesVectors(on, call)
  )
    return { is: 'vectors', embedding: undefined };
  if (/^builtins\.str$/.test(path)) return { ...on, expr: { op: 'text', of: on.expr } };
  if (/^builtins\.len$/.test(path)) return { ...on, expr: { op: 'size', of: on.expr } };
  const text = /^(builtins\.)?str\.(lower|upper|strip|title)$/.exec(given ? textOf(given) : '');
  if (text) return { ...on, expr: { op: 'method', name: text[2]!, of: on.expr, args: [], regex: false } };
  return { ...on, expr: other(call.node, [on.expr]) };
}

function parsesVectors(on: Cells, call: TracedCall): boolean {
  const name = on.expr.op === 'column' ? on.expr.name : textOf(field(call.node, 'function') ?? call.node);
  return /embed|vector|emb\b/i.test(name);
}
