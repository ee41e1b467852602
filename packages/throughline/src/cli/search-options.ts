/** Options that `search` and `similar` share. */
import { type Command, InvalidArgumentError } from 'commander';
import type { SearchRequest } from '../search/index.ts';
import { type SharedOptions, withSharedOptions } from './context.ts';
import { parseCount } from './parse.ts';

export interface HitOptions extends SharedOptions {
  filter?: string;
  limit: number;
  cursor?: string;
  facets?: string[];
  group: 'record' | 'passage';
  passages?: number;
  minScore?: number;
  diversity?: number;
  sort?: { by: string; order: 'asc' | 'desc' };
  explain?: boolean;
  index?: string;
}

export function withHitOptions(command: Command): Command {
  return withSharedOptions(command)
    .option('-f, --filter <cel>', 'CEL over the attributes: product == "Mortgage"')
    .option('-n, --limit <hits>', 'how many hits', parseCount, 10)
    .option('--cursor <text>', 'the page after the one that gave this nextCursor')
    .option('--sort <name>', 'by the timestamp or an attribute; -name from the greatest', parseSort)
    .option(
      '--facets <names>',
      'count the records that meet the filter by attributes: product,state',
      parseNames,
    )
    .option('--group <what>', 'a hit is a record, or a passage', 'record')
    .option('--passages <number>', 'how many passages to show of each record', parseCount)
    .option('--min-score <score>', 'leave out hits with a lower score', parseNumber)
    .option('--diversity <share>', 'from 0 (relevance alone) to 1 (as unlike as can be)', parseNumber)
    .option('--index <version>', 'an older version of the index')
    .option('--explain', 'how the hits came about');
}

export function requestOf(options: HitOptions): Omit<SearchRequest, 'query'> {
  const { filter, limit, cursor, facets, group, passages, minScore, diversity, sort, explain } = options;
  return { filter, limit, cursor, facets, group, passages, minScore, diversity, sort, explain };
}

function parseSort(text: string): { by: string; order: 'asc' | 'desc' } {
  return text.startsWith('-') ? { by: text.slice(1), order: 'desc' } : { by: text, order: 'asc' };
}

function parseNames(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

export function parseNumber(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) throw new InvalidArgumentError('It has to be a number.');
  return number;
}
