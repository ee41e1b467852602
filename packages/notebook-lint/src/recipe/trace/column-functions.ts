import { constantOf, numberOfConstant, type TracedCall, textOfConstant } from './call.ts';
import { concatenated, exprOf, other } from './expr.ts';
import { cells, newTable } from './table.ts';
import { type Cells, type Expr, NOTHING, type Traced } from './traced.ts';

/** Functions of Spark and polars that put columns together. */
export function ofColumns(call: TracedCall): Traced {
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
