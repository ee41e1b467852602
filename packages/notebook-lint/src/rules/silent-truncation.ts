import type { Analysis, Call } from '../analysis.ts';
import { isColumn, isFrame, type Value } from '../flow/value.ts';
import { stringText } from '../python/call.ts';
import { ancestors, field, fields, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { isKept } from './kept.ts';
import type { Hit, Rule } from './rule.ts';
import { conditionOf, filtersBySize, skips } from './size-limit.ts';

const TOKENIZER = /^(transformers|tokenizers)\..*[tT]okenizer/;
const CUTS = /^(head|tail|limit|take|select)$/;
const READERS = /\.read_\w+$/;
const ENOUGH = 2;
/** The best of a ranking are an answer, not a cut. */
const RANKED =
  /\b\w*(top|best|results?|nearest|neighbou?rs|similar|sorted|ranked|matches|hits)(_\w+)?\b|sort_values|nlargest|value_counts/i;

export const silentTruncation: Rule = {
  id: 'silent-truncation',
  severity: 'warning',
  title: 'rows or text cut without notice',
  why: 'What is cut is missing from search and themes, and no count says so.',
  fix: '`split: { mode: sentences, maxTokens: ... }` keeps all of a long text; `throughline run --sample N` is a sample that says that it is one.',
  *check(analysis) {
    for (const call of analysis.calls) yield* inCall(call, analysis);
    for (const tree of analysis.trees)
      for (const node of walk(tree)) {
        if (node.type === 'subscript') yield* sliced(node, analysis);
        else if (node.type === 'if_statement' && skips(node))
          yield {
            at: conditionOf(node),
            message: 'Texts over the limit are skipped, and nothing counts them',
          };
        else if (node.type === 'comparison_operator' && filtersBySize(node, analysis))
          yield { at: node, message: 'Texts over the limit are filtered out, and nothing counts them' };
      }
  },
};

function* inCall(call: Call, analysis: Analysis): Iterable<Hit> {
  const { node, name, path, arguments: args, receiver } = call;
  const truncation = args.named.get('truncation') ?? args.named.get('truncate');
  if (truncation && /^(True|"longest_first"|'longest_first')$/.test(textOf(truncation)) && tokenizes(call))
    return yield {
      at: node,
      message: `\`truncation=${textOf(truncation)}\` drops what is beyond the model's limit`,
    };
  if (args.named.has('nrows') && READERS.test(path) && textOf(args.named.get('nrows')!) !== 'None')
    return yield { at: node, message: '`nrows` reads the first rows only' };
  if (path === 'datasets.load_dataset' && /\[[^\]]*\d/.test(stringText(args.named.get('split')) ?? ''))
    return yield { at: node, message: 'Only a slice of the data set is loaded' };
  if (isTopList(call)) return;
  if (
    name === undefined ||
    !CUTS.test(name) ||
    !(isFrame(receiver) || isColumn(receiver)) ||
    !isKept(node, analysis)
  )
    return;
  if (name === 'select') return void (yield* selected(call));
  if (isCount(args.positional[0] ?? args.named.get('n'), analysis))
    yield { at: node, message: `\`${name}\` keeps the first rows only` };
}

/** The best of a sorted table are an answer; only where they take the table's own name they replace it. */
function isTopList({ node, receiverNode }: Call): boolean {
  const chain = receiverNode ? textOf(receiverNode) : '';
  if (!/\.(sort_values|sort|orderBy|nlargest|value_counts|sort_index|search|groupby)\(/.test(chain))
    return false;
  const assigned = [...ancestors(node)].find(({ type }) => type === 'assignment');
  const target = assigned && textOf(field(assigned, 'left') ?? assigned);
  return target === undefined || !chain.startsWith(`${target}.`);
}

/** `dataset.select(range(1000))`. */
function* selected({ node, receiver, arguments: args }: Call): Iterable<Hit> {
  const [rows] = args.positional;
  if (receiver.type === 'datasets.Dataset' && rows && /^range\(\s*(0\s*,\s*)?[^,]+\)$/.test(textOf(rows)))
    yield { at: node, message: '`select` keeps a range of rows only' };
}

/** A tokenizer by where it comes from, or by what it is called. */
function tokenizes({ path, node, receiver }: Call): boolean {
  return (
    TOKENIZER.test(path) ||
    TOKENIZER.test(receiver.path ?? '') ||
    /tokeni[sz]er/i.test(textOf(node.children[0]!))
  );
}

/** `df[:100]`, `df.iloc[:100]`, `dataset["text"][:20]`, `text[:2000]`, `df.text.str[:500]`. */
function* sliced(node: SyntaxNode, analysis: Analysis): Iterable<Hit> {
  const [slice, ...more] = fields(node, 'subscript');
  if (slice?.type !== 'slice' || more.length > 0) return;
  const end = /^:\s*([^:]+)$/.exec(textOf(slice).trim());
  const stop = slice.children.at(-1);
  if (!end || !stop || !isCount(stop, analysis) || !isKept(node, analysis)) return;
  const owner = field(node, 'value')!;
  const value = analysis.knownOf(owner);
  if (isTokens(value, owner, stop)) yield { at: node, message: `The text is cut at ${textOf(stop)} tokens` };
  else if (isTable(value, owner)) yield { at: node, message: `Only the first ${textOf(stop)} rows are used` };
  else if (isText(value, owner) && (size(stop, analysis) ?? 0) >= 100)
    yield { at: node, message: `The text is cut at ${textOf(stop)} characters` };
}

function isTable(value: Value, owner: SyntaxNode): boolean {
  if (value.few || RANKED.test(textOf(owner))) return false;
  if (isFrame(value)) return value.path !== 'datasets.DatasetDict';
  if (isColumn(value)) return !/\.(sort_values|value_counts|nlargest)\(/.test(textOf(owner));
  return value.type === 'list' && value.frame !== undefined && value.path !== undefined;
}

/** `encoding.encode(text)[:limit]`, `tokens[:max_tokens]`. */
function isTokens(value: Value, owner: SyntaxNode, stop: SyntaxNode): boolean {
  if (/(tiktoken|[tT]okenizer).*\.(encode|tokenize|encode_ordinary)\(\)$/.test(value.path ?? '')) return true;
  return /^\w*tokens$/.test(textOf(owner)) && /max|limit|len|ctx|length/i.test(textOf(stop));
}

function isText(value: Value, owner: SyntaxNode): boolean {
  if (value.type === 'text') return value.literal === undefined;
  return (
    owner.type === 'identifier' &&
    /^(text|content|document|doc|body|passage|article|transcript|prompt|context)s?$/i.test(textOf(owner)) &&
    !/s$/.test(textOf(owner))
  );
}

/** A number that is not small: `[:1]` and `head(1)` take an example. */
function isCount(node: SyntaxNode | undefined, analysis: Analysis): boolean {
  if (!node) return false;
  const known = size(node, analysis);
  return known !== undefined && known >= ENOUGH;
}

function size(node: SyntaxNode, { knownOf }: Analysis): number | undefined {
  const { literal } = knownOf(node);
  return typeof literal === 'number' ? literal : undefined;
}
