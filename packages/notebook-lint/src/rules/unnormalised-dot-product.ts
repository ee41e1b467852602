import type { Analysis, Call } from '../analysis.ts';
import { argumentsOf, isTrue } from '../python/call.ts';
import { bare, field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { modelNameOf } from './encoder.ts';
import type { Hit, Rule } from './rule.ts';

/** Models of sentence-transformers whose last module does not normalise, and that are not made for the dot product. */
const UNNORMALISED =
  /(^|\/)(paraphrase-[\w-]+|(distil)?(ro)?bert(a)?-(base|large)-nli-[\w-]+|distilbert-base-nli-[\w-]+|stsb-[\w-]+|distiluse-[\w-]+|nli-[\w-]+)$/i;
const PRODUCTS = /^(numpy\.(dot|inner|matmul)|torch\.(matmul|mm)|sentence_transformers\.util\.dot_score)$/;
const NORMALISES =
  /^(faiss\.normalize_L2|sklearn\.preprocessing\.(\w+\.)?normalize|torch\.nn\.functional\.normalize|sentence_transformers\.util\.normalize_embeddings|(numpy|torch)\.linalg\.norm|(numpy|torch)\.norm)$/;

export const unnormalisedDotProduct: Rule = {
  id: 'unnormalised-dot-product',
  severity: 'warning',
  title: 'the dot product of vectors whose lengths differ',
  why: 'Long vectors win, whatever they mean: the order is not that of similarity, and an index by cosine gives another.',
  fix: '`embed: { normalize: true }` (the default) scales vectors to length 1; in the notebook, `encode(..., normalize_embeddings=True)`.',
  *check(analysis) {
    if (analysis.calls.some(({ path }) => NORMALISES.test(path))) return;
    for (const call of analysis.calls)
      if (multiplies(call)) yield* ofOperands(call.node, operandsOf(call), analysis);
    for (const tree of analysis.trees)
      for (const node of walk(tree))
        if (node.type === 'binary_operator' && textOf(field(node, 'operator') ?? node) === '@')
          yield* ofOperands(node, [...node.children], analysis);
  },
};

function multiplies({ path, name, receiver }: Call): boolean {
  return PRODUCTS.test(path) || (name === 'add' && /^faiss\.IndexFlatIP$/.test(receiver.path ?? ''));
}

function operandsOf({ arguments: { positional } }: Call): SyntaxNode[] {
  return positional.slice(0, 2);
}

/** One hit if an operand is what a model that does not normalise gave. */
function* ofOperands(node: SyntaxNode, operands: readonly SyntaxNode[], analysis: Analysis): Iterable<Hit> {
  for (const operand of operands) {
    const { vectors, call } = analysis.knownOf(bare(operand));
    const model = vectors && call && modelNameOf(call, analysis);
    if (!model || !UNNORMALISED.test(model) || isTrue(argumentsOf(call).named.get('normalize_embeddings')))
      continue;
    return yield { at: node, message: `\`${model}\` gives vectors of different lengths` };
  }
}
