import type { Formula, Test } from '@throughline/notebook-lint';
import type { ColumnType } from '../config/index.ts';

/** What a filter needs of a column of the source. */
export interface CelColumn {
  /** The name in the filter. */
  readonly name: string;
  /** The time of the record. */
  readonly isTime: boolean;
  /** Read as a time by the notebook, but not the time of the record: here it is a text, which orders otherwise. */
  readonly isOtherTime?: boolean;
}

export interface CelResult {
  readonly cel: string;
  /** Types that the columns need for it, by column of the source. */
  readonly types: ReadonlyMap<string, ColumnType>;
}

class NotExact extends Error {}

/**
 * The condition in CEL, or undefined where CEL here cannot say exactly the same. `nulls`: pandas compares with nothing as
 * false, and `!=` as true, as the filter does; Spark leaves rows out where a comparison meets nothing, whatever is said.
 */
export function celOf(
  test: Test,
  columnOf: (column: string) => CelColumn,
  nulls: 'pandas' | 'spark',
): CelResult | undefined {
  const types = new Map<string, ColumnType>();
  try {
    return { cel: printed(test), types };
  } catch (error) {
    if (error instanceof NotExact) return undefined;
    throw error;
  }

  function printed(at: Test): string {
    switch (at.op) {
      case 'and':
      case 'or':
        return at.of.map(grouped).join(at.op === 'and' ? ' && ' : ' || ');
      case 'not':
        return negated(at.of);
      case 'has':
        return `has(${nameOf(at.left, undefined)})`;
      case 'in': {
        const values = at.values.map((value) => literal(value, at.left));
        const left = at.values.includes('') ? at.left : withoutFill(at.left);
        return `${operand(left, at.values[0] ?? '')} in [${values.join(', ')}]`;
      }
      case 'text':
        return `${nameOf(at.text === '' ? at.left : withoutFill(at.left), 'string')}.${at.is}(${JSON.stringify(at.text)})`;
      case 'compare':
        return compared(at);
      default:
        throw new NotExact();
    }
  }

  function compared({ is, left, right }: Extract<Test, { op: 'compare' }>): string {
    const isEquality = is === '==' || is === '!=';
    // An order puts the empty text first, and nothing nowhere.
    const subject = operand(isEquality ? withoutFill(left) : left, right);
    const plain = `${subject} ${is} ${literal(right, left)}`;
    // What was filled with the empty text is equal to it.
    if (left.op === 'fill' && isEquality && right === '')
      return is === '!=' ? `has(${subject}) && ${plain}` : `(!has(${subject}) || ${plain})`;
    return is === '!=' && nulls === 'spark' && left.op === 'column' ? `has(${subject}) && ${plain}` : plain;
  }

  function negated(of: Test): string {
    if (of.op === 'has') return `!has(${nameOf(of.left, undefined)})`;
    if (nulls === 'spark') throw new NotExact();
    return `!(${printed(of)})`;
  }

  function grouped(at: Test): string {
    return at.op === 'and' || at.op === 'or' ? `(${printed(at)})` : printed(at);
  }

  function operand(left: Formula, right: unknown): string {
    if (left.op === 'size') return `size(${nameOf(left.of, 'string')})`;
    const column = left.op === 'time' ? left.of : left;
    if (column.op === 'column') {
      const { isTime, isOtherTime } = columnOf(column.name);
      if (isOtherTime || (left.op === 'time' && !isTime)) throw new NotExact();
    }
    return left.op === 'time' ? nameOf(column, undefined) : nameOf(left, typeOf(right, left));
  }

  function typeOf(right: unknown, left: Formula): ColumnType | undefined {
    if (typeof right === 'number') return 'double';
    if (typeof right === 'boolean') return 'boolean';
    const isTime = left.op === 'column' && columnOf(left.name).isTime;
    return typeof right === 'string' && !isTime ? 'string' : undefined;
  }

  function nameOf(left: Formula, type: ColumnType | undefined): string {
    const column = left.op === 'text' ? left.of : left;
    if (column.op !== 'column') throw new NotExact();
    const { name, isTime } = columnOf(column.name);
    const wanted = type ?? (isTime ? 'timestamp' : undefined);
    const before = types.get(column.name);
    if (wanted !== undefined && before !== undefined && before !== wanted) throw new NotExact();
    if (wanted !== undefined) types.set(column.name, wanted);
    return name;
  }

  function literal(value: unknown, left: Formula): string {
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'number') {
      if (left.op === 'size') return Number.isInteger(value) ? String(value) : fail();
      if (!Number.isFinite(value)) throw new NotExact();
      return /^-?\d+$/.test(String(value)) ? `${value}.0` : String(value);
    }
    if (typeof value !== 'string') throw new NotExact();
    const column = left.op === 'time' ? left.of : left;
    const isTime = column.op === 'column' && columnOf(column.name).isTime;
    return isTime ? timestamp(value) : JSON.stringify(value);
  }

  function fail(): never {
    throw new NotExact();
  }
}

/** Nothing that became an empty text is equal to no other text, as nothing is here. */
function withoutFill(formula: Formula): Formula {
  return formula.op === 'fill' && formula.value === '' ? formula.of : formula;
}

/** `"2024-01-01"` as pandas reads it: midnight, in UTC here. */
function timestamp(text: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?)?$/.exec(text);
  if (!match) throw new NotExact();
  const [, day, minutes = '00:00', seconds = ':00'] = match;
  return `timestamp("${day}T${minutes}${seconds}Z")`;
}
