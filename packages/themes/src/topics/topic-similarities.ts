import { openNearestRows } from '../nearest-rows.ts';
import { gatherRows } from '../rows.ts';
import { unitVectors } from '../unit-vectors.ts';

/** Vectors that stand for topics, row-major: those of phrases, and exemplars of labelled texts. */
export interface Prototypes {
  vectors: Float32Array;
  /** The topic of each; `topics` itself for texts that are known to be in none. */
  topic: Int32Array;
  topics: number;
}

/** How near vectors are to each topic. */
export interface TopicSearch extends AsyncDisposable {
  /**
   * Row-major, `topics + 1` a vector: the cosine to the nearest prototype of each topic, and last to that of the rest; -1 without one.
   * What a vector gets does not depend on the others.
   */
  find(vectors: Float32Array): Promise<Float32Array>;
}

/** Prepares the prototypes once, for many calls. Memory: a copy of them, and a block of the search. */
export async function openTopicSearch(prototypes: Prototypes, dimension: number): Promise<TopicSearch> {
  const unit = unitVectors(prototypes.vectors, dimension);
  const columns = prototypes.topics + 1;
  const searches: { column: number; search: Awaited<ReturnType<typeof openNearestRows>> }[] = [];
  for (let column = 0; column < columns; column++) {
    const own = [...prototypes.topic.keys()].filter((row) => prototypes.topic[row] === column);
    if (own.length === 0) continue;
    searches.push({ column, search: await openNearestRows(gatherRows(unit, dimension, own), dimension, 1) });
  }
  return {
    async find(vectors) {
      const queries = unitVectors(vectors, dimension);
      const near = new Float32Array((vectors.length / dimension) * columns).fill(-1);
      if (queries.length === 0) return near;
      for (const { column, search } of searches) {
        const { similarities } = await search.find(queries);
        for (const [item, similarity] of similarities.entries()) near[item * columns + column] = similarity;
      }
      return near;
    },
    async [Symbol.asyncDispose]() {
      for (const { search } of searches) await search.close();
    },
  };
}
