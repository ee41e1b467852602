import type { Command } from 'commander';
import type { SearchRequest } from '../search/index.ts';
import { type Context, printJson } from './context.ts';
import { openSearcherOf } from './open-searcher.ts';
import { printHits } from './print-hits.ts';
import { type HitOptions, parseNumber, requestOf, withHitOptions } from './search-options.ts';

interface SearchCommandOptions extends HitOptions {
  mode: NonNullable<SearchRequest['mode']>;
  fusion?: NonNullable<SearchRequest['fusion']>;
  weight?: number;
  typos?: boolean;
  sentence?: boolean;
  plain?: boolean;
  rerank: boolean;
}

const SYNTAX_HINT =
  'Words in quotes or after + have to be there, words after - must not: with --plain all are plain words.';

export function searchCommand(program: Command, context: Context): void {
  withHitOptions(program.command('search <query>'))
    .summary('find what is relevant to a question in plain words')
    .option('-m, --mode <mode>', 'hybrid, semantic or keyword', 'hybrid')
    .option('--fusion <how>', 'of hybrid search: rrf (by ranks) or score', 'rrf')
    .option('--weight <share>', "the semantic side's share with --fusion score (default: 0.5)", parseNumber)
    .option('--typos', 'words that no text has stand for those that are spelled nearly so')
    .option('--sentence', 'show the sentence of each hit that is nearest to the question')
    .option('--no-rerank', 'leave out the second look that search.rerank of the config asks for')
    .option('--plain', 'quotes, +, - and * in the query mean nothing')
    .addHelpText(
      'after',
      `
A query is plain words, with "a phrase" or +word that a text must have, -word that it must not, and word* for its
beginning. All of it, and what scores mean: docs/search.md

Examples:
  throughline search "they keep calling about a debt that is not mine" --filter 'state == "CA"'
  throughline search '"late fee" +bank -card' --facets product,state --sort -date_received
`,
    )
    .action(async (query: string, options: SearchCommandOptions) => {
      await using searcher = await openSearcherOf(options, context);
      const { mode, fusion, weight, typos, sentence, plain, rerank } = options;
      const own = { query, mode, fusion, weight, typos, sentence, rerank, syntax: !plain };
      const result = await searcher.search({ ...requestOf(options), ...own });
      if (options.json) printJson(context, result);
      else {
        printHits(context, result);
        if (result.hits.length === 0 && !plain && /["+-]/.test(query)) context.terminal.log(SYNTAX_HINT);
      }
    });
}
