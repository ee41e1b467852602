/**
 * Columns of the source on their way through Spark: `c0`, `c1`, ... in the order of `stagedColumns`, so that no name of a user's
 * column has to be quoted, or can be taken for one of ours.
 */
import { type Config, ConfigError } from '../../config/index.ts';
import type { Mapping } from '../../source/mapping.ts';
import { columnsNamed, stagedColumns } from '../local/staged-columns.ts';

export interface SourceColumns {
  /** Their names in the source. */
  readonly names: readonly string[];
  /** `c0`, `c1`, ... */
  readonly all: readonly string[];
  /** That of a column by its name. */
  of(name: string): string;
  /** Those that a step of the transform names. Throws ConfigError for one that is not mapped. */
  named(name: string): string[];
}

export function sourceColumns(config: Config, mapping: Mapping): SourceColumns {
  const names = stagedColumns(config, mapping);
  const of = (name: string) => {
    const place = names.indexOf(name);
    if (place < 0) throw new Error(`the source has no column "${name}"`);
    return `c${place}`;
  };
  return {
    names,
    all: names.map((_, i) => `c${i}`),
    of,
    named: (name) => {
      const named = columnsNamed(name, mapping);
      if (named.every((column) => names.includes(column))) return named.map(of);
      const hint = `Columns that are mapped: ${names.join(', ')}.`;
      throw new ConfigError(
        'throughline.yaml',
        [{ message: `transform: no column "${name}" is mapped` }],
        hint,
      );
    },
  };
}
