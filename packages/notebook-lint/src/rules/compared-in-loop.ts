import type { Analysis, Call } from '../analysis.ts';
import { namesVectors } from '../flow/value.ts';
import { stringText } from '../python/call.ts';
import { ancestors, field, type SyntaxNode, textOf, walk } from '../python/node.ts';

const COMPARES =
  /cos(ine)?_?(sim(ilarity)?|dist(ance)?)|similarit(y|ies)$|^cosine$|relatedness|^distance$|^dot$|^euclidean$/i;

/**
 * Whether a call compares the vector of each row of a loop with one that is not of the loop: a query with everything,
 * `[cosine_similarity(query, row["embedding"]) for _, row in df.iterrows()]`.
 */
export function comparesInLoop({ node, name, path, arguments: args }: Call, analysis: Analysis): boolean {
  const called = path.slice(path.lastIndexOf('.') + 1);
  if (args.positional.length < 2 || !(COMPARES.test(name ?? '') || COMPARES.test(called))) return false;
  for (const { left, right } of loopsRound(node)) {
    const names = new Set(namesIn(left));
    const ofRow = args.positional.map((one) => namesIn(one).some((used) => names.has(used)));
    if (!ofRow.includes(true) || !ofRow.includes(false)) continue;
    const row = args.positional[ofRow.indexOf(true)]!;
    if (mentionsVectors(row) || analysis.knownOf(right).vectors === 'many') return true;
  }
  return false;
}

interface Loop {
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
}

/** Loops and comprehensions round a call, up to the function that it is in. */
function loopsRound(node: SyntaxNode): Loop[] {
  const loops: Loop[] = [];
  for (const up of ancestors(node)) {
    if (up.type === 'function_definition') break;
    const clauses =
      up.type === 'for_statement' ? [up] : up.children.filter(({ type }) => type === 'for_in_clause');
    for (const clause of clauses) {
      const [left, right] = [field(clause, 'left'), field(clause, 'right')];
      if (left && right) loops.push({ left, right });
    }
  }
  return loops;
}

function namesIn(node: SyntaxNode): string[] {
  return [...walk(node)]
    .filter(({ type, field: role }) => type === 'identifier' && role !== 'attribute')
    .map(textOf);
}

/** `row["embedding"]`, `row.embedding`. */
function mentionsVectors(node: SyntaxNode): boolean {
  return [...walk(node)].some((inner) => {
    if (inner.type === 'string') return namesVectors(stringText(inner));
    return inner.type === 'identifier' && namesVectors(textOf(inner));
  });
}
