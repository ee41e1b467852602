import type { Analysis, Call } from '../analysis.ts';
import { embeddedTexts, embeddingKind, isMany } from '../flow/embedding.ts';
import { ancestors, type SyntaxNode } from '../python/node.ts';
import { apiRequest } from './api-request.ts';
import { mentions } from './mentions.ts';

const COMPLETES = /(Completion\.a?create|completions\.create|messages\.create|generate_content|\.generate)$/;

/** Functions of a notebook, by their nodes. */
interface Functions {
  /** Those that embed a single text that they are given. */
  readonly embed: ReadonlySet<SyntaxNode>;
  /** Those that ask a language model. */
  readonly complete: ReadonlySet<SyntaxNode>;
}

/** A call that embeds one text: of a library, or of a function of the notebook that embeds what it is given. */
export function embedsOne(call: Call, analysis: Analysis): boolean {
  const { definition } = analysis.knownOf(call.node.children[0]);
  if (!definition) return embedsDirectly(call, analysis);
  const [first] = call.arguments.positional;
  return functionsOf(analysis).embed.has(definition.node) && !isMany(first, analysis.knownOf(first));
}

/** A call that asks a language model, directly or through a function of the notebook. */
export function completes(call: Call, analysis: Analysis): boolean {
  const { definition } = analysis.knownOf(call.node.children[0]);
  return definition ? functionsOf(analysis).complete.has(definition.node) : asksDirectly(call, analysis);
}

const known = new WeakMap<Analysis, Functions>();

export function functionsOf(analysis: Analysis): Functions {
  const functions = known.get(analysis) ?? findFunctions(analysis);
  known.set(analysis, functions);
  return functions;
}

function findFunctions(analysis: Analysis): Functions {
  const inside = callsByFunction(analysis);
  const embed = new Set<SyntaxNode>();
  const complete = new Set<SyntaxNode>();
  for (const [definition, calls] of inside) {
    const names = new Set(analysis.flow.definitions.get(definition)?.parameters.map(({ name }) => name));
    const own = calls.filter(({ node }) => !analysis.knownOf(node.children[0]).definition);
    if (
      own.some((call) => embedsDirectly(call, analysis) && mentions(embeddedTexts(call), names, definition))
    )
      embed.add(definition);
    if (own.some((call) => asksDirectly(call, analysis))) complete.add(definition);
  }
  for (const found of [embed, complete]) spread(found, inside, analysis);
  return { embed, complete };
}

/** Who calls one that does, does. */
function spread(
  found: Set<SyntaxNode>,
  inside: ReadonlyMap<SyntaxNode, readonly Call[]>,
  analysis: Analysis,
): void {
  const waiting = [...found];
  for (let next = waiting.pop(); next; next = waiting.pop())
    for (const call of analysis.flow.callers.get(next) ?? [])
      for (const up of ancestors(call)) {
        if (!inside.has(up) || found.has(up)) continue;
        found.add(up);
        waiting.push(up);
      }
}

function callsByFunction({ calls }: Analysis): Map<SyntaxNode, Call[]> {
  const inside = new Map<SyntaxNode, Call[]>();
  for (const call of calls)
    for (const up of ancestors(call.node)) {
      if (up.type !== 'function_definition') continue;
      const those = inside.get(up);
      if (those) those.push(call);
      else inside.set(up, [call]);
    }
  return inside;
}

function embedsDirectly(call: Call, { knownOf }: Analysis): boolean {
  if (embeddingKind(call.path) === undefined) return false;
  if (/embed_documents$|get_embeddings$|_batch$/.test(call.path)) return false;
  const texts = embeddedTexts(call);
  return !isMany(texts, knownOf(texts));
}

function asksDirectly(call: Call, analysis: Analysis): boolean {
  return COMPLETES.test(call.path) && apiRequest(call, analysis) !== undefined;
}
