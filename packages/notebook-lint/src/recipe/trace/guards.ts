import { after } from './table.ts';
import type { Trace } from './trace.ts';
import type { Cells, Traced } from './traced.ts';

/** A value that a loop over rows keeps: of those rows for which the conditions round it hold. */
export function guarded(value: Traced, trace: Trace): Traced {
  if (trace.guards.length === 0) return value;
  if (value.is === 'cells') return guardedCells(value, trace);
  if (value.is === 'row') return { ...value, table: after(value.table, ...trace.guards) };
  if (value.is === 'dict')
    return {
      is: 'dict',
      entries: new Map([...value.entries].map(([key, one]) => [key, guarded(one, trace)])),
    };
  if (value.is === 'list') return { is: 'list', items: value.items.map((one) => guarded(one, trace)) };
  return value;
}

export function guardedCells(cells: Cells, { guards }: Trace): Cells {
  return guards.length === 0 ? cells : { ...cells, table: after(cells.table, ...guards) };
}
