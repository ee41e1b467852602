import { cells } from './table.ts';
import { NOTHING, type Traced } from './traced.ts';

/** What a loop over the value gives at each step. */
export function elementOf(value: Traced): Traced {
  if (value.is === 'table' && value.table.reading?.parts) return value;
  if (value.is === 'table') return { is: 'row', table: value.table };
  if (value.is === 'cells') return cells(value.table, value.expr, false);
  if (value.is === 'vectors') return value;
  if (value.is !== 'list') return NOTHING;
  const constants = value.items.filter((item) => item.is === 'constant');
  if (constants.length === value.items.length && constants.length > 0)
    return { is: 'constants', values: constants.map((item) => item.value) };
  return value.items[0] ?? NOTHING;
}
