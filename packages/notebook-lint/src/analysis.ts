import { type Flow, knownOf } from './flow/flow.ts';
import { runNotebook } from './flow/run.ts';
import type { Value } from './flow/value.ts';
import type { Notebook } from './notebook/notebook.ts';
import { type Arguments, argumentsOf, calledName, receiverOf } from './python/call.ts';
import { type Magic, maskMagics } from './python/magics.ts';
import { field, type SyntaxNode, walk } from './python/node.ts';
import type { ParsePython } from './python/parser.ts';

/** A call with what is known of it. */
export interface Call {
  readonly node: SyntaxNode;
  readonly name: string | undefined;
  /** `pandas.read_csv`, `pandas.DataFrame.to_csv`, `?.encode`, `builtins.print`; empty where nothing is known. */
  readonly path: string;
  readonly receiver: Value;
  readonly receiverNode: SyntaxNode | undefined;
  readonly arguments: Arguments;
}

/** All that rules look at. */
export interface Analysis {
  readonly notebook: Notebook;
  /** One for each code cell of the kernel's language that could be parsed, in file order. */
  readonly trees: readonly SyntaxNode[];
  readonly magics: readonly Magic[];
  readonly flow: Flow;
  /** In file order. */
  readonly calls: readonly Call[];
  knownOf(node: SyntaxNode | undefined): Value;
}

/** Cells longer than this are data, not code. */
const MAX_CELL = 400_000;

export function analyse(notebook: Notebook, parse: ParsePython, notes: string[]): Analysis {
  const trees: SyntaxNode[] = [];
  const magics: Magic[] = [];
  for (const { index, kind, source } of notebook.cells) {
    if (kind !== 'code') continue;
    if (source.length > MAX_CELL) {
      notes.push(`Cell ${index} has ${source.length} characters: passed over.`);
      continue;
    }
    const masked = maskMagics(source, index, notebook.format);
    magics.push(...masked.magics);
    const tree = parse({ cell: index, code: masked.code });
    if (tree) trees.push(tree);
    else notes.push(`Cell ${index} is no Python that can be read: passed over.`);
  }
  const flow = runNotebook(trees);
  const calls = trees.flatMap((tree) => callsOf(tree, flow));
  return { notebook, trees, magics, flow, calls, knownOf: (node) => knownOf(flow, node) };
}

function callsOf(tree: SyntaxNode, flow: Flow): Call[] {
  const calls: Call[] = [];
  for (const node of walk(tree)) {
    if (node.type !== 'call') continue;
    const receiverNode = receiverOf(node);
    calls.push({
      node,
      name: calledName(node),
      path: knownOf(flow, field(node, 'function')).path ?? '',
      receiver: knownOf(flow, receiverNode),
      receiverNode,
      arguments: argumentsOf(node),
    });
  }
  return calls;
}
