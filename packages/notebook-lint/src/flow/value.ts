import type { SyntaxNode } from '../python/node.ts';

/**
 * What is known about an expression: its type, and the way by which it was reached. Where nothing is known,
 * nothing is claimed.
 */
export interface Value {
  readonly type: Type;
  /**
   * How it was reached from an import, without aliases: `pandas.read_csv`; an instance has the path of its class,
   * what a function gave ends with `()`: `chromadb.Client.create_collection()`.
   */
  readonly path?: string;
  /** Of text: what it says; of a number: its value. */
  readonly literal?: string | number;
  /** Of a frame, its columns and slices: the object that they are of. */
  readonly frame?: Frame;
  readonly column?: string;
  /** Vectors that stand for texts: one, or as many as there are texts. */
  readonly vectors?: 'one' | 'many';
  /** A row for each of many texts or records: what similarity functions compare. */
  readonly matrix?: boolean;
  /** What iteration gives. */
  readonly element?: Value;
  /** The call that made it: its keyword arguments are its settings. */
  readonly call?: SyntaxNode;
  /** Of a function that the notebook defines. */
  readonly definition?: Definition;
  /** Fewer rows than there were, cut by number: `head(20)`, `[:100]`. */
  readonly cut?: boolean;
  /** A handful that the notebook itself spells out. */
  readonly few?: boolean;
  /** Of a list, tuple or dict that the notebook spells out: names of its literal keys or texts. */
  readonly items?: readonly Value[];
}

export type Type =
  | 'unknown'
  | 'module'
  | 'function'
  | 'class'
  | 'text'
  | 'number'
  | 'list'
  | 'dict'
  | 'none'
  | 'pandas.DataFrame'
  | 'pandas.Series'
  | 'pandas.GroupBy'
  | 'spark.DataFrame'
  | 'datasets.Dataset'
  | 'datasets.Column'
  | 'array'
  | 'file'
  | 'object';

/** A table that the notebook holds. Shared by all values that are of it, so that a column set here is seen there. */
export interface Frame {
  readonly vectorColumns: Set<string>;
  /** Statements that put vectors in it. */
  readonly vectorStatements: SyntaxNode[];
}

export interface Definition {
  readonly name: string;
  readonly node: SyntaxNode;
  readonly parameters: readonly Parameter[];
}

export interface Parameter {
  readonly name: string;
  readonly node: SyntaxNode;
  readonly default: SyntaxNode | undefined;
  readonly annotation: SyntaxNode | undefined;
}

export const UNKNOWN: Value = { type: 'unknown' };

export function newFrame(): Frame {
  return { vectorColumns: new Set(), vectorStatements: [] };
}

export function isFrame({ type }: Value): boolean {
  return type === 'pandas.DataFrame' || type === 'spark.DataFrame' || type === 'datasets.Dataset';
}

export function isColumn({ type }: Value): boolean {
  return type === 'pandas.Series' || type === 'datasets.Column';
}

const VECTORS = /(^|_|\b)(embeddings?|embeds?|emb|embs|vectors?|vecs?)(_|\b|\d|$)/i;
/** Two or three numbers to draw, or something about vectors that is none. */
const NO_VECTORS =
  /vis|[23]d\b|plot|tsne|umap|pca|model|size|dim|name|time|cost|path|file|token|func|engine|encod|store|index|\bdb\b/i;

/** A name of a column or variable that says that vectors are in it. */
export function namesVectors(name: string | undefined): boolean {
  return name !== undefined && VECTORS.test(name) && !NO_VECTORS.test(name);
}
