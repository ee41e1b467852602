import type { Call } from '../analysis.ts';
import { type SyntaxNode, textOf } from '../python/node.ts';
import { factOf } from './origin.ts';
import type { Fact } from './recipe.ts';
import type { Trace } from './trace/trace.ts';
import type { Traced } from './trace/traced.ts';

/** Searches that stores do with a text. */
const SEARCHES =
  /\.(similarity_search\w*|as_retriever\(\)\.invoke|max_marginal_relevance_search|get_relevant_documents)$/;

/** The questions that the notebook asks: texts that are spelled out and embedded by themselves. */
export function queryFacts(trace: Trace): Fact<string>[] {
  const found = new Map<string, Fact<string>>();
  // A list of texts that a model is shown is a corpus, unless it is looped over.
  for (const { literals, node, cells } of trace.embeddings)
    if (!cells && isAsked(literals, node))
      for (const text of literals) if (!found.has(text)) found.set(text, factOf(text, node));
  for (const call of trace.analysis.calls)
    for (const text of searched(call, trace)) if (!found.has(text)) found.set(text, factOf(text, call.node));
  return [...found.values()];
}

/** Several texts at once are a corpus, unless they are called questions. */
function isAsked(literals: readonly string[], node: SyntaxNode): boolean {
  if (literals.length === 0 || literals.length > MOST) return false;
  const given = textOf(node);
  return (
    !/\[\s*("|'|\w+\s*,)/.test(given) || literals.length === 1 || /quer|question|search|ask/i.test(given)
  );
}

const MOST = 50;

function searched({ path, arguments: { named, positional } }: Call, trace: Trace): string[] {
  const isChroma = named.has('query_texts');
  if (!SEARCHES.test(path) && !isChroma) return [];
  const node = named.get('query_texts') ?? named.get('query') ?? positional[0];
  return textsOf(node && trace.values.get(node));
}

function textsOf(value: Traced | undefined): string[] {
  if (value?.is === 'constant') return typeof value.value === 'string' ? [value.value] : [];
  if (value?.is === 'constants') return value.values.filter((one) => typeof one === 'string');
  return value?.is === 'list' ? value.items.flatMap(textsOf) : [];
}
