import { argumentsOf } from '../python/call.ts';
import { field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { literalOf, numberLiteral, textLiteral } from './constants.ts';
import type { Trace } from './trace/trace.ts';
import type { Embedding } from './trace/traced.ts';

const NORMALISERS = /(sklearn\.preprocessing\.normalize|faiss\.normalize_L2|functional\.normalize)$/;

/** Vectors that are scaled to length 1 after they were made. */
export function isNormalised({ analysis, values }: Trace): boolean {
  for (const { path, node } of analysis.calls)
    if (NORMALISERS.test(path) && argumentsOf(node).positional.some((at) => isVectors(at))) return true;
  return analysis.trees.some((tree) => [...walk(tree)].some(dividesByLength));

  function isVectors(node: SyntaxNode): boolean {
    return values.get(node)?.is === 'vectors' || analysis.knownOf(node).vectors !== undefined;
  }
  /** `vectors / np.linalg.norm(vectors, axis=1, keepdims=True)`. */
  function dividesByLength(node: SyntaxNode): boolean {
    if (node.type !== 'binary_operator' || textOf(field(node, 'operator') ?? node) !== '/') return false;
    const [left, right] = [field(node, 'left'), field(node, 'right')];
    return left !== undefined && isVectors(left) && right?.type === 'call' && /\bnorm\(/.test(textOf(right));
  }
}

/** `model.max_seq_length = 128`; the tokenizer's own `max_length`. */
export function maxTokensOf(embedding: Embedding, trace: Trace): number | undefined {
  if (/^transformers\./.test(embedding.path))
    return numberLiteral(argumentsOf(embedding.node).named.get('max_length'), trace);
  let found: number | undefined;
  for (const tree of trace.analysis.trees)
    for (const node of walk(tree)) {
      const left = node.type === 'assignment' ? field(node, 'left') : undefined;
      if (left?.type === 'attribute' && /\.max_seq_length$/.test(textOf(left)))
        found = numberLiteral(field(node, 'right'), trace) ?? found;
    }
  return found;
}

/** Anything but float32: `model.half()`, a dtype, a quantised export, vectors of another precision. */
export function precisionOf(
  embedding: Embedding,
  library: string | undefined,
  trace: Trace,
): string | undefined {
  const { maker, node } = embedding;
  const precision = textLiteral(argumentsOf(node).named.get('precision'), trace);
  if (precision !== undefined && precision !== 'float32') return precision;
  const given = maker ? textOf(maker) : '';
  const dtype =
    /\b(float16|bfloat16|fp16|use_fp16\s*=\s*True|load_in_8bit\s*=\s*True|load_in_4bit\s*=\s*True)\b/.exec(
      given,
    )?.[1];
  if (dtype) return dtype.replace(/\s*=.*/, '').replace('use_', '');
  const file = /file_name["']?\s*[:=]\s*["']([^"']*(quant|int8|qint8|u8)[^"']*)["']/i.exec(given)?.[1];
  if (file) return `quantised (${file})`;
  if (library === 'fastembed') return 'quantised by the library';
  const halved = trace.analysis.calls.some(
    ({ name, receiverNode }) =>
      name === 'half' &&
      maker !== undefined &&
      (receiverNode === maker || trace.analysis.knownOf(receiverNode).call === maker),
  );
  return halved
    ? 'fp16'
    : literalOf(argumentsOf(node).named.get('convert_to_bf16'), trace) === true
      ? 'bf16'
      : undefined;
}
