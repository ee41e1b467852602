import { reached } from './attribute.ts';
import { isColumn, isFrame, UNKNOWN, type Value } from './value.ts';

/** What a loop over the value gives at each step. */
export function elementOf(value: Value): Value {
  if (value.vectors === 'many') return { type: 'array', vectors: 'one' };
  if (isColumn(value)) return UNKNOWN;
  if (value.type === 'datasets.Dataset') return { type: 'dict' };
  if (isFrame(value)) return UNKNOWN;
  if (value.type === 'object' && value.path !== undefined) return reached(value, `${value.path}[]`);
  return value.element ?? UNKNOWN;
}
