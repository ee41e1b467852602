import type { IndexStore } from '../store.ts';
import { tokens } from '../tokens.ts';

/** Passages that are looked at: enough to know the mean to a few percent. */
const LOOKED_AT = 200;
/** Of an index without passages. */
const UNKNOWN = 60;

/** Words of an average passage of a store, by some of them, counted when it is first asked for: the other figure of BM25 beside the rarity of words. */
export function averageLength(store: IndexStore): () => Promise<number> {
  let counted: Promise<number> | undefined;
  const count = async () => {
    const some = await store.matching({ op: 'constant', value: true }, LOOKED_AT);
    const passages = await store.fetch(some.map(({ passage }) => passage));
    const words = [...passages.values()].reduce((sum, { text }) => sum + tokens(text).length, 0);
    return words === 0 ? UNKNOWN : words / passages.size;
  };
  return () => {
    counted ??= count();
    counted.catch(() => {
      counted = undefined;
    });
    return counted;
  };
}
