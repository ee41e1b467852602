import type { SourceConfig } from '../config/index.ts';

/** Whether the rows have no place of their own, in a file, by which they could be cut or one could come after another. */
export function hasNoOrder({ type }: Pick<SourceConfig, 'type'>): boolean {
  return type === 'spark' || type === 'delta' || type === 'postgres' || type === 'kafka';
}
