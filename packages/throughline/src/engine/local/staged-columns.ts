import type { Config } from '../../config/index.ts';
import { type Mapping, mappedColumns } from '../../source/mapping.ts';

/** Columns of the record, and the column that cuts chunks if it is another. */
export function stagedColumns(config: Config, mapping: Mapping): string[] {
  const by = config.chunk?.by;
  return [...new Set([...mappedColumns(mapping), ...(by === undefined || by === 'file' ? [] : [by])])];
}

/** What a step of the transform names: `text` means all text columns, unless a column has that name. */
export function columnsNamed(name: string, mapping: Mapping): readonly string[] {
  return name === 'text' && !mappedColumns(mapping).includes('text') ? mapping.text : [name];
}
