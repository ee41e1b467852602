import type { Command } from 'commander';
import { type Context, printJson } from './context.ts';
import { openSearcherOf } from './open-searcher.ts';
import { printHits } from './print-hits.ts';
import { type HitOptions, requestOf, withHitOptions } from './search-options.ts';

interface SimilarCommandOptions extends HitOptions {
  passage?: boolean;
}

export function similarCommand(program: Command, context: Context): void {
  withHitOptions(program.command('similar <id...>'))
    .summary('find more like some records, or like some passages')
    .option('--passage', 'the ids are those of passages')
    .addHelpText(
      'after',
      `\nExample:\n  throughline similar 1297939 1296693 --filter 'product == "Debt collection"'\n`,
    )
    .action(async (ids: string[], options: SimilarCommandOptions) => {
      await using searcher = await openSearcherOf(options, context);
      const like = options.passage ? { passageIds: ids } : { records: ids };
      const result = await searcher.similar({ ...requestOf(options), ...like });
      if (options.json) printJson(context, result);
      else printHits(context, result);
    });
}
