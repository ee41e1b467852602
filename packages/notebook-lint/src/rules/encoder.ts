import type { Analysis } from '../analysis.ts';
import { argumentsOf, receiverOf } from '../python/call.ts';
import type { SyntaxNode } from '../python/node.ts';

const NAMES = ['model_name_or_path', 'model_name', 'model'];

/** The name, as the notebook spells it out, of the model that an `encode` is called on. */
export function modelNameOf(encode: SyntaxNode, { knownOf }: Analysis): string | undefined {
  const model = knownOf(receiverOf(encode));
  if (!model.call || !/(^|\.)SentenceTransformer$/.test(model.path ?? '')) return undefined;
  const { positional, named } = argumentsOf(model.call);
  const name = knownOf(NAMES.map((key) => named.get(key)).find((node) => node) ?? positional[0]).literal;
  return typeof name === 'string' ? name : undefined;
}
