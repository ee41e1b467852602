import type { Call } from '../analysis.ts';
import type { Rule } from './rule.ts';

export const collectToPandas: Rule = {
  id: 'collect-topandas',
  severity: 'error',
  title: 'collect() or toPandas(): a distributed table pulled into one process',
  why: 'The driver holds every row: with vectors 1 million rows of 1,024 numbers are 4 GB before the first copy.',
  fix: 'Leave the rows where they are: `engine: { spark: ... }` maps them there and writes tables; `throughline search` reads the index.',
  *check({ calls }) {
    for (const call of calls) {
      const name = pulls(call);
      if (name) yield { at: call.node, message: `\`${name}()\` pulls every row into this process` };
    }
  },
};

/** Not where the rows were limited before. */
function pulls({ name, receiver, path, arguments: args }: Call): string | undefined {
  if (receiver.cut) return undefined;
  if (name === 'toPandas' && !/\.(limit|head|take)\(\)/.test(path)) return name;
  if (name === 'collect' && args.positional.length === 0) {
    if (receiver.type === 'spark.DataFrame') return name;
    const known = receiver.type !== 'unknown' || /^(gc|polars)\b/.test(path) || args.named.size > 0;
    return !known && path.startsWith('?') ? name : undefined;
  }
  if (name === 'to_pandas' && receiver.type === 'datasets.Dataset') return name;
  return undefined;
}
