import type { Searcher } from '../search/index.ts';
import { type Context, configOf, lakeNamedBy } from './context.ts';
import type { HitOptions } from './search-options.ts';

/** Opens the index that the options name: a cursor belongs to one, also when another has been promoted since. */
export async function openSearcherOf(
  options: HitOptions & { rerank?: boolean },
  context: Context,
): Promise<Searcher> {
  const { openSearcher, parseCursor } = await import('../search/index.ts');
  const { specOf } = await import('../model/index.ts');
  const { cursor, index } = options;
  const version = index ?? (cursor === undefined ? undefined : parseCursor(cursor).index);
  const loaded = await configOf(options, context);
  const model = specOf(loaded.config.embed, loaded.directory);
  const rerank = options.rerank ? loaded.config.search.rerank : undefined;
  const reranking =
    rerank && (await import('../rerank/index.ts')).openReranker(rerank, loaded.directory, context.env);
  const { store } = loaded.config.index;
  return openSearcher(await lakeNamedBy(loaded), {
    ...{ model, version, store, reranking },
    // Pages after the first one are of what the first one was of.
    fresh: index === undefined,
    onIncomplete: ({ message, hint }) =>
      context.terminal.log(`Not all that streams have committed is searched: ${message}. ${hint}`),
  });
}
