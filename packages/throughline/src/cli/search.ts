import type { Command } from 'commander';
import type { SearchMode, SearchResult } from '../search/index.ts';
import {
  type Context,
  configOf,
  lakeNamedBy,
  printJson,
  type SharedOptions,
  withSharedOptions,
} from './context.ts';
import { excerpt } from './excerpt.ts';
import { parseCount, parseMode } from './parse.ts';
import { printable } from './terminal.ts';

interface SearchCommandOptions extends SharedOptions {
  mode: SearchMode;
  filter?: string;
  limit: number;
}

export function searchCommand(program: Command, context: Context): void {
  withSharedOptions(program.command('search <query>'))
    .summary('find what is relevant to a question in plain words')
    .option('-m, --mode <mode>', 'hybrid, semantic or keyword', parseMode, 'hybrid')
    .option('-f, --filter <cel>', 'CEL over the attributes: product == "Mortgage"')
    .option('-n, --limit <records>', 'how many records', parseCount, 10)
    .addHelpText(
      'after',
      `\nExample:\n  throughline search "they keep calling about a debt that is not mine" --filter 'state == "CA"'\n`,
    )
    .action(async (query: string, options: SearchCommandOptions) => {
      const { openSearcher } = await import('../search/index.ts');
      const { specOf } = await import('../model/index.ts');
      const loaded = await configOf(options, context);
      const model = specOf(loaded.config.embed, loaded.directory);
      await using searcher = await openSearcher(await lakeNamedBy(loaded), { model });
      const { mode, filter, limit } = options;
      const result = await searcher.search({ query, mode, filter, limit });
      if (options.json) printJson(context, { ...result, nextCursor: null });
      else printHits(context, result);
    });
}

function printHits({ terminal }: Context, { hits, index, tookMs }: SearchResult): void {
  if (hits.length === 0) terminal.print('Nothing found.');
  for (const [i, hit] of hits.entries()) {
    const attributes = Object.entries(hit.attributes).flatMap(([name, value]) =>
      value === null ? [] : [`${name}: ${printable(String(value))}`],
    );
    const scores = [
      `${hit.score.toFixed(4)}`,
      `keyword ${hit.scores.keyword?.toFixed(2) ?? '-'}`,
      `semantic ${hit.scores.semantic?.toFixed(3) ?? '-'}`,
    ];
    terminal.print(
      `${i + 1}. ${terminal.style('bold', printable(hit.recordId))}  ${hit.at?.slice(0, 10) ?? ''}  ${terminal.style('dim', scores.join('  '))}`,
    );
    if (attributes.length > 0) terminal.print(`   ${terminal.style('dim', attributes.join(' | '))}`);
    const mark = (text: string) => terminal.style(['bold', 'yellow'], text);
    terminal.print(`   ${excerpt(hit.text, hit.highlights, EXCERPT_LENGTH, mark)}`);
    terminal.print();
  }
  terminal.log(`${hits.length} records in ${tookMs} ms, index ${index}`);
}

const EXCERPT_LENGTH = 320;
