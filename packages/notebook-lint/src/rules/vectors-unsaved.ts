import type { Analysis } from '../analysis.ts';
import type { Frame } from '../flow/value.ts';
import { bare, field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { enclosingDefinition, enclosingLoops } from '../python/statement.ts';
import type { Hit } from './rule.ts';
import { PERSISTS } from './vector-stores.ts';
import { DUMPS, FILES, holdsVectors, PARSES } from './vectors.ts';

const STORES =
  /^(upsert\w*|add(_(texts|documents|items|embeddings|vectors|data|with_ids|points|objects|data_object|batch))?|insert\w*|upload\w*|index_documents|bulk|create_table|from_(texts|documents|embeddings)|executemany)$/;

/** Vectors of all texts that go nowhere: to no file, no table, no store. */
export function* unsavedVectors(analysis: Analysis): Iterable<Hit> {
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
