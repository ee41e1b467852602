import type { Analysis, Call } from '../analysis.ts';
import { stringText } from '../python/call.ts';
import { textOf } from '../python/node.ts';

/** Stores that forget when the process ends. */
const FORGETFUL =
  /^(chromadb\.(Client|EphemeralClient)|.*\.(DocArrayInMemorySearch|InMemoryVectorStore|InMemoryDocumentStore))$/;
const IN_MEMORY_STORE =
  /\.(FAISS|Chroma|DocArrayInMemorySearch|InMemoryVectorStore|Annoy|ScaNN|SKLearnVectorStore|VectorStoreIndex)\.(from_(texts|documents|embeddings))$/;
/** Arguments that put the vectors into a store of its own. */
const OUTSIDE = [
  'persist_directory',
  'client',
  'storage_context',
  'vector_store',
  'connection',
  'url',
  'client_settings',
];
const NEIGHBOURS =
  /(^sklearn\.neighbors\.(\w+\.)?(NearestNeighbors|BallTree|KDTree)|^synapse\.ml\.nn\.(\w+\.)?(ConditionalKNN|KNN)|^mmlspark\.nn\.\w+)$/;
/** Functions that save an index or a store. */
export const PERSISTS = /^(write_index|serialize_index|save_local|save_index|persist|dump)$/;

/** Why a store or an index that this call makes or fills forgets its vectors; undefined if it does not. */
export function forgets(call: Call, analysis: Analysis): string | undefined {
  const { path, name, arguments: args } = call;
  if (FORGETFUL.test(path) && !persistent(call)) return `\`${name}\` keeps the vectors in this process only`;
  const place = stringText(args.positional[0] ?? args.named.get('location'));
  if (/QdrantClient$|MilvusClient$/.test(path) && place === ':memory:') return IN_PROCESS;
  const unsaved = forgetsUnlessSaved(call, analysis);
  return unsaved !== undefined && !savedLater(analysis) ? unsaved : undefined;
}

function forgetsUnlessSaved(call: Call, analysis: Analysis): string | undefined {
  const { path, name, receiver, arguments: args } = call;
  if (IN_MEMORY_STORE.test(path) && !OUTSIDE.some((given) => args.named.has(given))) return IN_PROCESS;
  if (indexesNeighbours(call, analysis)) return 'The index of neighbours lives in memory and is never saved';
  const filled = name === 'add' && /^faiss\./.test(receiver.path ?? '');
  return filled ? 'The index lives in this process and is never saved' : undefined;
}

const IN_PROCESS = 'The store keeps the vectors in this process only';

/** scikit-learn's trees and neighbours of vectors, and those of Spark, whose column is not looked at. */
function indexesNeighbours({ path, name, receiver, arguments: args }: Call, { knownOf }: Analysis): boolean {
  const fitted = name === 'fit' && NEIGHBOURS.test(baseOf(receiver.path));
  if (fitted && /synapse|mmlspark/.test(receiver.path ?? '')) return true;
  const built = /^(KDTree|BallTree)$/.test(name ?? '') && NEIGHBOURS.test(path);
  return (fitted || built) && knownOf(args.positional[0]).vectors === 'many';
}

/** A class, whatever setters were called on it. */
function baseOf(path: string | undefined): string {
  return (path ?? '').replace(/(\.set\w+\(\))+$/, '');
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
