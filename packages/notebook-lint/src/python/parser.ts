import { createRequire } from 'node:module';
import { Language, Parser, type TreeCursor } from 'web-tree-sitter';
import type { Source, SyntaxNode } from './node.ts';

/** Deeper nodes than any person writes are leaves: whoever walks the tree by recursion is safe. */
const MAX_DEPTH = 300;

/** How often the parser may report progress before it is stopped: seconds of work on text that is no Python. */
const MAX_PROGRESS = 10_000;

export type ParsePython = (source: Source) => SyntaxNode | undefined;

let loaded: Promise<ParsePython> | undefined;

/** Loads the grammar, once for the process (about 20 ms). */
export function loadPython(): Promise<ParsePython> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<ParsePython> {
  const require = createRequire(import.meta.url);
  await Parser.init({ locateFile: () => require.resolve('web-tree-sitter/web-tree-sitter.wasm') });
  const parser = new Parser();
  parser.setLanguage(await Language.load(require.resolve('tree-sitter-python/tree-sitter-python.wasm')));
  return (source) => parse(parser, source);
}

/** The tree of a cell; undefined where the text is so far from Python that the parser gives up. */
function parse(parser: Parser, source: Source): SyntaxNode | undefined {
  let steps = 0;
  const progressCallback = () => ++steps > MAX_PROGRESS;
  const tree = parser.parse(source.code, null, { progressCallback });
  if (!tree) {
    parser.reset();
    return undefined;
  }
  const cursor = tree.walk();
  try {
    return plainTree(cursor, source);
  } finally {
    cursor.delete();
    tree.delete();
  }
}

interface OpenNode extends SyntaxNode {
  readonly children: SyntaxNode[];
}

function plainTree(cursor: TreeCursor, source: Source): SyntaxNode {
  const root = nodeAt(cursor, undefined, source);
  let parent = root;
  let depth = 0;
  if (!cursor.gotoFirstChild()) return root;
  for (;;) {
    const keep = cursor.nodeIsNamed ? cursor.nodeType !== 'comment' : cursor.currentFieldName !== null;
    let descended = false;
    if (keep) {
      const node = nodeAt(cursor, parent, source);
      parent.children.push(node);
      if (depth < MAX_DEPTH && cursor.gotoFirstChild()) {
        parent = node;
        depth++;
        descended = true;
      }
    }
    while (!descended && !cursor.gotoNextSibling()) {
      if (depth === 0) return root;
      cursor.gotoParent();
      parent = parent.parent as OpenNode;
      depth--;
    }
  }
}

function nodeAt(cursor: TreeCursor, parent: OpenNode | undefined, source: Source): OpenNode {
  return {
    type: cursor.nodeType,
    field: cursor.currentFieldName ?? undefined,
    start: cursor.startIndex,
    end: cursor.endIndex,
    parent,
    source,
    children: [],
  };
}
