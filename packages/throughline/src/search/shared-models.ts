/** One embedder for searchers that need the same: an index that follows another does not load the model again. */
import type { Embedder, ModelSpec, openEmbedder } from '../model/index.ts';

/** As `open`; an embedder is closed with the last of those that have asked for it. */
export function sharedModels(open: typeof openEmbedder): typeof openEmbedder {
  const opened = new Map<string, { embedder: Promise<Embedder>; users: number }>();
  return async (spec: ModelSpec) => {
    const name = JSON.stringify(spec);
    const one = opened.get(name) ?? { embedder: open(spec), users: 0 };
    opened.set(name, one);
    one.users++;
    const leave = async () => {
      one.users--;
      if (one.users > 0) return;
      if (opened.get(name) === one) opened.delete(name);
      await (await one.embedder).close();
    };
    const embedder = await one.embedder.catch((error) => {
      opened.delete(name);
      throw error;
    });
    let left = false;
    const close = async () => {
      if (left) return;
      left = true;
      await leave();
    };
    const { info, usage } = embedder;
    return {
      info,
      embed: (...asked) => embedder.embed(...asked),
      ...(usage && { usage: () => usage.call(embedder) }),
      close,
      [Symbol.asyncDispose]: close,
    };
  };
}
