import type { Analysis, Call } from '../analysis.ts';
import { embeddedTexts, embeddingKind } from '../flow/embedding.ts';
import { isColumn } from '../flow/value.ts';
import { calledName, isTrue } from '../python/call.ts';
import { ancestors, bare, field, isWithin, type SyntaxNode, textOf } from '../python/node.ts';
import { enclosingLoops } from '../python/statement.ts';
import { completes, embedsOne, functionsOf } from './embedding-functions.ts';
import { identifiers, mentions } from './mentions.ts';
import type { Hit, Rule } from './rule.ts';

const APPLIES = /^(apply|map|progress_apply|parallel_apply|map_elements|applymap)$/;

export const embedPerRow: Rule = {
  id: 'embed-per-row',
  severity: 'error',
  title: 'an embedding or model call for each row instead of each batch',
  why: 'A request for each row pays the way to the model each time: 10 to 100 times slower, and against the rate limit.',
  fix: '`embed: { model: ... }` batches texts across chunks and never embeds the same text twice.',
  *check(analysis) {
    for (const call of analysis.calls) {
      yield* applied(call, analysis);
      if (embedsOne(call, analysis) && isPerRow(call, analysis))
        yield {
          at: call.node,
          message: `\`${textOf(call.node.children[0]!).slice(0, 60)}\` is called for one text at a time`,
        };
    }
  },
};

/** `df.text.apply(get_embedding)`, `df.apply(lambda row: model.encode(row.text), axis=1)`. */
function* applied(call: Call, analysis: Analysis): Iterable<Hit> {
  if (call.name === undefined || !APPLIES.test(call.name)) return;
  const given = call.arguments.positional[0];
  const onTable =
    isColumn(call.receiver) ||
    (call.receiver.type === 'datasets.Dataset' && !isTrue(call.arguments.named.get('batched'))) ||
    call.receiver.type === 'pandas.DataFrame' ||
    call.path === 'builtins.map' ||
    call.receiver.type === 'unknown';
  if (!given || !onTable) return;
  const what = given.type === 'lambda' ? inLambda(given, analysis) : byFunction(given, analysis);
  if (what === 'embeds') yield { at: call.node, message: `\`${call.name}\` embeds one row at a time` };
  if (what === 'completes')
    yield {
      at: call.node,
      message: `\`${call.name}\` asks the model once for each row`,
      fix: 'Cut the number of questions: ask for groups of rows, or for themes (`themes: { label: { model: ... } }`), with a budget.',
    };
}

function inLambda(lambda: SyntaxNode, analysis: Analysis): 'embeds' | 'completes' | undefined {
  const inside = analysis.calls.filter(({ node }) => isWithin(node, lambda));
  if (inside.some((call) => embedsOne(call, analysis))) return 'embeds';
  return inside.some((call) => completes(call, analysis)) ? 'completes' : undefined;
}

function byFunction(given: SyntaxNode, analysis: Analysis): 'embeds' | 'completes' | undefined {
  const { definition, path } = analysis.knownOf(given);
  if (definition) {
    const { embed, complete } = functionsOf(analysis);
    if (embed.has(definition.node)) return 'embeds';
    return complete.has(definition.node) ? 'completes' : undefined;
  }
  return embeddingKind(path ?? '') ? 'embeds' : undefined;
}

/** In a loop or comprehension over texts or rows, with what the loop gives. */
function isPerRow({ node, arguments: args }: Call, analysis: Analysis): boolean {
  const texts = embeddedTexts({ arguments: args });
  for (const loop of enclosingLoops(node)) {
    const [left, right] = [field(loop, 'left'), field(loop, 'right')];
    const body = field(loop, 'body');
    if (!left || !right || !body || walksBatches(left, right, analysis)) continue;
    if (mentions(texts, new Set(identifiers(left)), body)) return true;
  }
  for (const up of ancestors(node)) {
    if (up.type === 'function_definition' || up.type === 'lambda') break;
    if (!up.type.endsWith('_comprehension') && up.type !== 'generator_expression') continue;
    for (const clause of up.children) {
      const [left, right] = [field(clause, 'left'), field(clause, 'right')];
      if (clause.type !== 'for_in_clause' || !left || !right || walksBatches(left, right, analysis)) continue;
      if (identifiers(texts).some((name) => identifiers(left).includes(name))) return true;
    }
  }
  return false;
}

const BATCHES =
  /batch|array_split|DataLoader|\bchunked\(|chunker|grouper|minibatch|windowed|islice|epochs?\b/i;

/** Loops over batches, over a handful that is spelled out, or over a number of steps. */
function walksBatches(left: SyntaxNode, right: SyntaxNode, analysis: Analysis): boolean {
  if (BATCHES.test(textOf(left)) || BATCHES.test(textOf(right))) return true;
  const inner = bare(right);
  const value = analysis.knownOf(inner);
  if (value.few) return true;
  const range =
    inner.type === 'call' && calledName(inner) === 'tqdm' ? field(inner, 'arguments')?.children[0] : inner;
  if (range?.type === 'call' && calledName(range) === 'range')
    return (field(range, 'arguments')?.children.length ?? 0) > 2;
  return false;
}
