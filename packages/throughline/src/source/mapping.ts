/** How columns of the source become a record: which are read, under which name, as which type. */
import type { ColumnType, SourceConfig } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';

export interface Attribute {
  name: string;
  column: string;
  type: ColumnType;
  /** Null where the source has no such column. */
  optional?: boolean | undefined;
}

export interface Mapping {
  id: string | undefined;
  text: readonly string[];
  timestamp: string | undefined;
  attributes: readonly Attribute[];
}

export function mappingOf(source: SourceConfig): Mapping {
  const attributes = source.attributes.map((entry): Attribute => {
    if (typeof entry === 'string') return { name: entry, column: entry, type: 'string' };
    const [name, target] = Object.entries(entry)[0]!;
    return typeof target === 'string' ? { name, column: target, type: 'string' } : { name, ...target };
  });
  const twice = attributes.find((one, i) => attributes.findIndex((other) => other.name === one.name) !== i);
  if (twice) {
    throw new ThroughlineError(`source.attributes: ${twice.name} is there twice`, {
      code: 'config_invalid',
      exitCode: EXIT.config,
      hint: 'Rename one of them: - { other_name: "Column" }',
    });
  }
  const text = typeof source.text === 'string' ? [source.text] : source.text;
  const mapping = { id: source.id, text, timestamp: source.timestamp, attributes };
  refuseAlike(mapping);
  return mapping;
}

/** Readers that do not tell case apart find an optional column under the name of another. */
function refuseAlike(mapping: Mapping): void {
  const columns = mappedColumns(mapping);
  for (const { name, column, optional } of mapping.attributes) {
    const isAlike = (one: string) => one !== column && one.toLowerCase() === column.toLowerCase();
    const other = optional ? columns.find(isAlike) : undefined;
    if (other !== undefined)
      throw new ThroughlineError(
        `source.attributes: ${name} is optional, and its column "${column}" is called like "${other}" but for case`,
        { code: 'config_invalid', exitCode: EXIT.config, hint: 'Take one of them away.' },
      );
  }
}

/** Of these columns those that have to be there: all but the ones that are of optional attributes alone. */
export function requiredColumns(source: SourceConfig, columns: readonly string[]): string[] {
  const { attributes, ...mapping } = mappingOf(source);
  const isOptional = (one: Attribute) => one.optional === true;
  const required = mappedColumns({ ...mapping, attributes: attributes.filter((one) => !isOptional(one)) });
  const optional = attributes.filter(isOptional).map(({ column }) => column);
  return columns.filter((column) => required.includes(column) || !optional.includes(column));
}

/** Columns that make a record, each once, in a fixed order. */
export function mappedColumns(mapping: Mapping): string[] {
  const { id, timestamp, text, attributes } = mapping;
  const columns = [id, timestamp, ...text, ...attributes.map((attribute) => attribute.column)];
  return [...new Set(columns.filter((column) => column !== undefined))];
}
