import type { Filter, Literal, Operand } from './filter.ts';

/** The same filter over columns of other names, of the same types. */
export function renameColumns(filter: Filter, nameOf: (name: string) => string): Filter {
  const renamed = <T extends Operand | Literal>(side: T): T =>
    side.kind === 'literal' ? side : { ...side, name: nameOf(side.name) };
  switch (filter.op) {
    case 'and':
    case 'or':
      return { ...filter, of: filter.of.map((part) => renameColumns(part, nameOf)) };
    case 'not':
      return { ...filter, of: renameColumns(filter.of, nameOf) };
    case 'constant':
      return filter;
    case 'has':
    case 'text':
      return { ...filter, column: renamed(filter.column) };
    case 'in':
      return { ...filter, left: renamed(filter.left) };
    case 'compare':
      return { ...filter, left: renamed(filter.left), right: renamed(filter.right) };
  }
}
