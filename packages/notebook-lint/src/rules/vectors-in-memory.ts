import type { Analysis, Call } from '../analysis.ts';
import { type Frame, namesVectors, type Value } from '../flow/value.ts';
import { stringText } from '../python/call.ts';
import { bare, field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { enclosingDefinition, enclosingLoops } from '../python/statement.ts';
import type { Hit, Rule } from './rule.ts';

const STACKS =
  /^(numpy|torch|tensorflow|cupy|jax\.numpy)\.(vstack|stack|array|asarray|concatenate|row_stack|tensor|Tensor|FloatTensor|from_numpy|convert_to_tensor)$/;
const FILES = /^(to_csv|to_pickle|to_json|to_excel|to_feather|to_hdf)$/;
const DUMPS =
  /^(pickle\.dump|joblib\.dump|numpy\.(save|savez|savez_compressed|savetxt)|torch\.save|json\.dump|dill\.dump|cloudpickle\.dump)$/;
/** Stores that forget when the process ends. */
const FORGETFUL =
  /^(chromadb\.(Client|EphemeralClient)|.*\.(DocArrayInMemorySearch|InMemoryVectorStore|InMemoryDocumentStore))$/;
const IN_MEMORY_STORE =
  /\.(FAISS|Chroma|DocArrayInMemorySearch|InMemoryVectorStore|Annoy|ScaNN|SKLearnVectorStore|VectorStoreIndex)\.(from_(texts|documents|embeddings))$/;
/** Arguments that put the vectors into a store of its own. */
const OUTSIDE = ['client', 'storage_context', 'vector_store', 'connection', 'url', 'client_settings'];
const NEIGHBOURS =
  /(^sklearn\.neighbors\.(\w+\.)?(NearestNeighbors|BallTree|KDTree)|^synapse\.ml\.nn\.(\w+\.)?(ConditionalKNN|KNN)|^mmlspark\.nn\.\w+)$/;
/** Text that is made vectors again. */
const PARSES = /eval\b|json\.loads|\.fromstring/;
const PERSISTS = /^(write_index|serialize_index|save_local|save_index|persist|dump)$/;
const STORES =
  /^(upsert\w*|add(_(texts|documents|items|embeddings|vectors|data|with_ids|points|objects|data_object|batch))?|insert\w*|upload\w*|index_documents|bulk|create_table|from_(texts|documents|embeddings)|executemany)$/;

export const vectorsInMemory: Rule = {
  id: 'vectors-in-memory',
  severity: 'warning',
  title: 'vectors kept only in memory, or in a pickle or CSV',
  why: 'They are lost with the process, or read back whole as text: 1 million vectors of 384 numbers are 1.5 GB, as CSV 8.',
  fix: '`throughline run` writes them to a Delta table (`lake: ...`), versioned, and builds the index from it.',
  *check(analysis) {
    for (const call of analysis.calls) yield* inCall(call, analysis);
    yield* parsed(analysis);
    yield* unsaved(analysis);
  },
};

function* inCall(call: Call, analysis: Analysis): Iterable<Hit> {
  const { node, path, name, receiver, arguments: args } = call;
  const given = args.positional.map(analysis.knownOf);
  if (
    name === 'get' &&
    includesVectors(args.named.get('include')) &&
    !args.named.has('ids') &&
    !args.named.has('limit')
  )
    yield { at: node, message: 'All vectors of the store are pulled into one list' };
  else if (STACKS.test(path) && args.positional[0] && stacksVectors(args.positional[0], analysis))
    yield { at: node, message: `\`${name}\` puts all vectors into one array` };
  else if (name !== undefined && FILES.test(name) && holdsVectors(receiver))
    yield { at: node, message: `\`${name}\` writes the vectors as one file, to be read back whole` };
  else if (
    DUMPS.test(path) &&
    (given.some(holdsVectors) ||
      namesVectors(args.positional.map(textOf).find((text) => /^\w+$/.test(text) && namesVectors(text))))
  )
    yield { at: node, message: `\`${name}\` writes the vectors as one file, to be read back whole` };
  else if (FORGETFUL.test(path) && !persistent(call))
    yield { at: node, message: `\`${name}\` keeps the vectors in this process only` };
  else if (
    /QdrantClient$|MilvusClient$/.test(path) &&
    stringText(args.positional[0] ?? args.named.get('location')) === ':memory:'
  )
    yield { at: node, message: 'The store keeps the vectors in this process only' };
  else if (
    IN_MEMORY_STORE.test(path) &&
    !args.named.has('persist_directory') &&
    !OUTSIDE.some((given) => args.named.has(given)) &&
    !savedLater(analysis)
  )
    yield { at: node, message: 'The store keeps the vectors in this process only' };
  else if (
    (name === 'fit' && NEIGHBOURS.test(baseOf(receiver.path))) ||
    (/KDTree|BallTree/.test(name ?? '') && NEIGHBOURS.test(path))
  )
    yield* neighbours(call, analysis);
  else if (name === 'add' && /^faiss\./.test(receiver.path ?? '') && !savedLater(analysis))
    yield { at: node, message: 'The index lives in this process and is never saved' };
}

/** A class, whatever setters were called on it. */
function baseOf(path: string | undefined): string {
  return (path ?? '').replace(/(\.set\w+\(\))+$/, '');
}

function* neighbours({ node, arguments: args, receiver }: Call, analysis: Analysis): Iterable<Hit> {
  const spark = /synapse|mmlspark/.test(receiver.path ?? '');
  const first = args.positional[0] && analysis.knownOf(args.positional[0]);
  if ((spark || first?.vectors === 'many') && !savedLater(analysis))
    yield { at: node, message: 'The index of neighbours lives in memory and is never saved' };
}

function persistent({ arguments: args }: Call): boolean {
  const settings = [...args.positional, ...args.named.values()].map(textOf).join(' ');
  return /persist_directory|is_persistent\s*=\s*True/.test(settings);
}

function savedLater({ calls }: Analysis): boolean {
  return calls.some(
    ({ name, path }) =>
      name !== undefined && PERSISTS.test(name) && !/^(json|yaml|file|builtins)\b/.test(path),
  );
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

function holdsVectors({ frame, type, vectors }: Value): boolean {
  if (vectors === 'many') return true;
  return type === 'pandas.DataFrame' && (frame?.vectorColumns.size ?? 0) > 0;
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

/** Vectors of all texts that go nowhere: to no file, no table, no store. */
function* unsaved(analysis: Analysis): Iterable<Hit> {
  if (goesSomewhere(analysis)) return;
  const frames = new Set<Frame>();
  for (const { value, statement, owner } of analysis.flow.bindings) {
    if (owner || value.few || value.vectors !== 'many' || value.path !== 'embeddings()' || !value.call)
      continue;
    const right = bare(field(statement, 'right') ?? statement);
    if (isFewTexts(value.call, analysis) || enclosingDefinition(statement) || right.type !== 'call') continue;
    // In a loop they go on to where all come together.
    if (enclosingLoops(statement).length > 0) continue;
    yield { at: statement, message: 'The vectors are kept in this variable only' };
  }
  for (const tree of analysis.trees)
    for (const node of walk(tree)) {
      if (
        node.type !== 'assignment' ||
        field(node, 'left')?.type !== 'subscript' ||
        enclosingDefinition(node)
      )
        continue;
      const { frame } = analysis.knownOf(field(field(node, 'left'), 'value'));
      if (!frame?.vectorStatements.includes(node) || frames.has(frame)) continue;
      const right = field(node, 'right');
      if (analysis.knownOf(right).vectors !== 'many' || (right && PARSES.test(textOf(right)))) continue;
      frames.add(frame);
      yield { at: node, message: 'The vectors are kept in this frame only' };
    }
}

function goesSomewhere({ calls, knownOf }: Analysis): boolean {
  return calls.some(({ name, path, receiver, arguments: args }) => {
    if (name === undefined) return false;
    if (
      STORES.test(name) &&
      receiver.type !== 'list' &&
      !/^(builtins|sys|os)\b/.test(path) &&
      name !== 'add_argument' &&
      receiver.type !== 'pandas.DataFrame'
    )
      return (
        /^(upsert|upload|index_doc|bulk|create_table|from_|insert)/.test(name) || receiver.path !== undefined
      );
    if (DUMPS.test(path) || FILES.test(name) || /^(to_parquet|to_sql|saveAsTable|save_to_disk)$/.test(name))
      return holdsVectors(receiver) || args.positional.some((one) => holdsVectors(knownOf(one)));
    return PERSISTS.test(name) && /faiss|annoy|hnswlib/.test(`${path}${receiver.path ?? ''}`);
  });
}

function isFewTexts(call: SyntaxNode, { knownOf }: Analysis): boolean {
  const first = field(call, 'arguments')?.children[0];
  return first !== undefined && knownOf(first).few === true;
}
