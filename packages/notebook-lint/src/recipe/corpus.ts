import type { SyntaxNode } from '../python/node.ts';
import type { Trace } from './trace/trace.ts';
import type { Cells, Embedding, Table } from './trace/traced.ts';

/** The rows whose texts are embedded, and how. */
export interface Corpus {
  readonly table: Table | undefined;
  readonly cells: Cells | undefined;
  /** The call that embeds them. */
  readonly node: SyntaxNode | undefined;
  /** Place of the statement of the top level that embeds them. */
  readonly at: number;
  /** All calls that embed rows; where there are none, those of literals. */
  readonly embeddings: readonly Embedding[];
}

/**
 * The last embedding of rows of a source counts: notebooks try, and keep what came last. Where no rows are embedded,
 * the rows of the first source whose vectors are read, else of the first source.
 */
export function chooseCorpus(trace: Trace): Corpus {
  const { embeddings, read } = trace;
  const ofRows = embeddings.filter(({ cells }) => cells?.table.reading !== undefined);
  const chosen =
    ofRows.filter(({ cells }) => cells!.many || cells!.expr.op !== 'other').at(-1) ?? ofRows.at(-1);
  if (chosen) {
    // Of texts that are embedded in parts, one by one and in batches, all are of the same rows.
    const { cells, node, at } = chosen;
    return { table: cells!.table, cells, node, at, embeddings: ofRows };
  }
  const withVectors = read.find(({ reading }) =>
    [...(reading?.used.keys() ?? [])].some((name) => /embedding|vector/i.test(name)),
  );
  const withoutRows = embeddings.filter(({ literals }) => literals.length === 0);
  return {
    table: withVectors ?? (withoutRows.length > 0 ? undefined : read[0]) ?? read[0],
    ...{ cells: undefined, node: undefined, at: Number.POSITIVE_INFINITY },
    embeddings: withoutRows.length > 0 ? withoutRows : embeddings,
  };
}
