import type { About } from '../api/use-about.ts';
import { type Cell, csv } from '../csv/csv.ts';
import type { Hit } from './use-search.ts';

/** One line a hit, in their order: its place, id, scores, time, attributes, and the passage that was found. */
export function hitsCsv(
  hits: readonly Hit[],
  { attributes, id, timestamp }: Pick<About, 'attributes' | 'id' | 'timestamp'>,
): string {
  const names = attributes.map(({ name }) => name);
  const head = ['rank', id ?? 'id', 'score', 'keyword', 'semantic', timestamp ?? 'at', ...names, 'text'];
  const lines = hits.map(({ recordId, score, scores, at, attributes: values, text }, i): Cell[] => [
    ...[i + 1, recordId, score, scores.keyword, scores.semantic, at],
    ...[...names.map((name) => values[name]), text],
  ]);
  return csv([head, ...lines]);
}
