import type { Comparison, Filter } from './filter.ts';

/**
 * The same filter with `not` only where it cannot be pushed further: before has, text, in and comparisons of
 * equality or order. De Morgan's laws hold because filters are two-valued; `!=` becomes `not ==`, and constants
 * are folded away (the result is a constant, or holds none).
 */
export function pushNegationDown(filter: Filter, negated = false): Filter {
  switch (filter.op) {
    case 'not':
      return pushNegationDown(filter.of, !negated);
    case 'constant':
      return { op: 'constant', value: filter.value !== negated };
    case 'and':
    case 'or':
      return junction(
        (filter.op === 'and') !== negated ? 'and' : 'or',
        filter.of.map((part) => pushNegationDown(part, negated)),
      );
    case 'compare':
      return filter.is === '!='
        ? wrap({ ...filter, is: '==' as Comparison }, !negated)
        : wrap(filter, negated);
    case 'in':
      return filter.list.length === 0 ? { op: 'constant', value: negated } : wrap(filter, negated);
    case 'has':
    case 'text':
      return wrap(filter, negated);
  }
}

function wrap(filter: Filter, negated: boolean): Filter {
  return negated ? { op: 'not', of: filter } : filter;
}

function junction(op: 'and' | 'or', parts: Filter[]): Filter {
  const decisive = op === 'or';
  if (parts.some((part) => part.op === 'constant' && part.value === decisive)) {
    return { op: 'constant', value: decisive };
  }
  const of = parts
    .filter((part) => part.op !== 'constant')
    .flatMap((part) => (part.op === op ? part.of : [part]));
  if (of.length === 0) return { op: 'constant', value: !decisive };
  return of.length === 1 ? of[0]! : { op, of };
}
