import type { TracedCall } from './call.ts';
import type { Expr, Traced } from './traced.ts';

const STORES = /^(add|upsert|insert|add_texts|from_texts|upload_collection|upload_points|add_with_ids)$/;

/** Notes the column whose values a store is given as ids: `ids=df["id"].tolist()`, or the first of each tuple. */
export function noteIds(call: TracedCall): void {
  if (!STORES.test(call.name)) return;
  noteColumn(call.argument('ids'), call);
  for (const name of ['vectors', 'points', 'records', 'data', 'items', '']) {
    const value = name === '' ? call.argument('', 0) : call.argument(name);
    const element = value.is === 'list' ? value.items[0] : undefined;
    if (element?.is === 'list' && element.items.length > 1) noteColumn(element.items[0]!, call);
    if (element?.is === 'dict') noteColumn(element.entries.get('id') ?? { is: 'unknown' }, call);
  }
}

function noteColumn(value: Traced, { node }: TracedCall): void {
  if (value.is !== 'cells') return;
  const column = plain(value.expr);
  if (column.op === 'column') value.table.reading?.ids.set(column.name, node);
}

/** `str(row["id"])` is the same id. */
function plain(expr: Expr): Expr {
  return expr.op === 'text' ? plain(expr.of) : expr;
}
