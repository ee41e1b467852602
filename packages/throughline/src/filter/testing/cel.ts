/** Prints a filter as CEL, to prove that reading it back changes nothing. */
import type { Filter, Literal, Operand } from '../filter.ts';
import { timestampText } from '../timestamp.ts';

export function toCel(filter: Filter): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      return `(${filter.of.map(toCel).join(filter.op === 'and' ? ' && ' : ' || ')})`;
    case 'not':
      return `!(${toCel(filter.of)})`;
    case 'constant':
      return String(filter.value);
    case 'has':
      return `has(${filter.column.name})`;
    case 'text':
      return `${filter.column.name}.${filter.is}(${string(filter.text)})`;
    case 'in':
      return `${operand(filter.left)} in [${filter.list.map(literal).join(', ')}]`;
    case 'compare': {
      const right = filter.right.kind === 'literal' ? literal(filter.right) : operand(filter.right);
      return `${operand(filter.left)} ${filter.is} ${right}`;
    }
  }
}

function operand(side: Operand): string {
  return side.kind === 'size' ? `size(${side.name})` : side.name;
}

function literal(value: Literal): string {
  if (value.type === 'string') return string(value.value);
  if (value.type === 'timestamp') return `timestamp("${timestampText(BigInt(value.value))}")`;
  return value.type === 'double' ? value.value.toExponential() : String(value.value);
}

function string(text: string): string {
  return `"${[...text].map((c) => `\\U${c.codePointAt(0)!.toString(16).padStart(8, '0')}`).join('')}"`;
}
