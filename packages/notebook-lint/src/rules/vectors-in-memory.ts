import type { Analysis, Call } from '../analysis.ts';
import { namesVectors } from '../flow/value.ts';
import { stringText } from '../python/call.ts';
import { field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import type { Hit, Rule } from './rule.ts';
import { forgets } from './vector-stores.ts';
import { DUMPS, FILES, holdsVectors, PARSES } from './vectors.ts';
import { unsavedVectors } from './vectors-unsaved.ts';

const STACKS =
  /^(numpy|torch|tensorflow|cupy|jax\.numpy)\.(vstack|stack|array|asarray|concatenate|row_stack|tensor|Tensor|FloatTensor|from_numpy|convert_to_tensor)$/;

export const vectorsInMemory: Rule = {
  id: 'vectors-in-memory',
  severity: 'warning',
  title: 'vectors kept only in memory, or in a pickle or CSV',
  why: 'They are lost with the process, or read back whole as text: 1 million vectors of 384 numbers are 1.5 GB, as CSV 8.',
  fix: '`throughline run` writes them to a Delta table (`lake: ...`), versioned, and builds the index from it.',
  *check(analysis) {
    for (const call of analysis.calls) yield* inCall(call, analysis);
    yield* parsed(analysis);
    yield* unsavedVectors(analysis);
  },
};

function* inCall(call: Call, analysis: Analysis): Iterable<Hit> {
  const { node, path, name, arguments: args } = call;
  const message = pulled(call) ?? written(call, analysis) ?? forgets(call, analysis);
  if (message !== undefined) yield { at: node, message };
  else if (STACKS.test(path) && args.positional[0] && stacksVectors(args.positional[0], analysis))
    yield { at: node, message: `\`${name}\` puts all vectors into one array` };
}

/** `collection.get(include=["embeddings"])`, of everything. */
function pulled({ name, arguments: { named } }: Call): string | undefined {
  const all = name === 'get' && !named.has('ids') && !named.has('limit');
  return all && includesVectors(named.get('include'))
    ? 'All vectors of the store are pulled into one list'
    : undefined;
}

/** `df.to_csv(...)` of a frame with vectors, `pickle.dump(embeddings, file)`. */
function written(
  { name, path, receiver, arguments: { positional } }: Call,
  { knownOf }: Analysis,
): string | undefined {
  const frame = name !== undefined && FILES.test(name) && holdsVectors(receiver);
  const named = positional.map(textOf).some((text) => /^\w+$/.test(text) && namesVectors(text));
  const dumped = DUMPS.test(path) && (named || positional.some((one) => holdsVectors(knownOf(one))));
  return frame || dumped ? `\`${name}\` writes the vectors as one file, to be read back whole` : undefined;
}

function includesVectors(include: SyntaxNode | undefined): boolean {
  return include !== undefined && /["'](embeddings|vectors)["']/.test(textOf(include));
}

/** A column of vectors, or a list of the vectors of all rows. One vector, or a handful that is spelled out, is none. */
function stacksVectors(node: SyntaxNode, { knownOf }: Analysis): boolean {
  const value = knownOf(node);
  if (value.few) return false;
  if (value.type === 'array') return false;
  if (value.vectors === 'many' && (value.frame !== undefined || value.type === 'list')) return true;
  if (value.frame !== undefined && namesVectors(value.column)) return true;
  if (node.type !== 'list_comprehension') return namesColumn(node);
  const right = knownOf(
    field(
      node.children.find(({ type }) => type === 'for_in_clause'),
      'right',
    ),
  );
  return (
    right.frame !== undefined &&
    !right.cut &&
    [...walk(field(node, 'body') ?? node)].some(
      (inner) => inner.type === 'string' && namesVectors(stringText(inner)),
    )
  );
}

/** `frame["embedding"].values`, `frame.embedding.tolist()` of a frame that a function is given. */
function namesColumn(node: SyntaxNode): boolean {
  const parts =
    /^[\w.]+(?:\[["'](\w+)["']\]|\.(\w+))(?:\.values|\.tolist\(\)|\.to_list\(\)|\.to_numpy\(\))$/.exec(
      textOf(node),
    );
  return parts !== null && namesVectors(parts[1] ?? parts[2]);
}

/** `df["embedding"] = df["embedding"].apply(eval)`: reported unless the same cell stacks them. */
function* parsed(analysis: Analysis): Iterable<Hit> {
  for (const call of analysis.calls) {
    const { node, name, receiver, arguments: args } = call;
    if (name !== 'apply' && name !== 'map') continue;
    const parser = args.positional[0] && textOf(args.positional[0]);
    if (!parser || !PARSES.test(parser)) continue;
    const column = receiver.column ?? /\w+$/.exec(textOf(call.receiverNode ?? node))?.[0];
    if (!namesVectors(column) && receiver.vectors !== 'many' && !becomesArrays(node)) continue;
    if (!stackedInCell(node, analysis))
      yield { at: node, message: 'All vectors are parsed from text into the frame' };
  }
}

/** `.apply(eval).apply(np.array)`: lists of numbers, whatever the column is called. */
function becomesArrays(call: SyntaxNode): boolean {
  const outer = call.parent?.parent;
  return outer?.type === 'call' && /\.(apply|map)\((np|numpy)\.(array|asarray)\)$/.test(textOf(outer));
}

function stackedInCell(node: SyntaxNode, analysis: Analysis): boolean {
  return analysis.calls.some((call) => {
    const [first] = call.arguments.positional;
    return (
      call.node.source === node.source && STACKS.test(call.path) && first && stacksVectors(first, analysis)
    );
  });
}
