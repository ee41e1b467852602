import type { SyntaxNode } from '../../python/node.ts';
import type { StepOf } from '../recipe.ts';

/** What the tracer knows of a value: rows, a column of them, vectors of texts, or something that is spelled out. */
export type Traced =
  | { readonly is: 'table'; readonly table: Table }
  /** One row of a table, as a loop or `apply(axis=1)` sees it. */
  | { readonly is: 'row'; readonly table: Table }
  | Cells
  | { readonly is: 'mask'; readonly table: Table; readonly condition: Condition }
  | { readonly is: 'vectors'; readonly embedding: Embedding | undefined }
  | { readonly is: 'constant'; readonly value: Constant }
  /** What a loop over literals gives: one of them. */
  | { readonly is: 'constants'; readonly values: readonly Constant[] }
  | { readonly is: 'list'; readonly items: Traced[] }
  | { readonly is: 'dict'; readonly entries: Map<string, Traced> }
  | FunctionRef
  | { readonly is: 'unknown' };

export type Constant = string | number | boolean | null;

/** A value for each row (`many`), or that of one row. */
export interface Cells {
  readonly is: 'cells';
  readonly table: Table;
  readonly expr: Expr;
  readonly many: boolean;
}

export interface FunctionRef {
  readonly is: 'function';
  /** A function_definition or a lambda. */
  readonly node: SyntaxNode;
  readonly name: string | undefined;
  /** Names that were known where it was defined. */
  readonly env: Env;
}

export interface Env {
  readonly names: Map<string, Traced>;
  readonly outer: Env | undefined;
  readonly returned: Traced[];
}

/** How a cell's value is made of the columns of the source. */
export type Expr =
  | { readonly op: 'column'; readonly name: string }
  | { readonly op: 'literal'; readonly value: string }
  | { readonly op: 'concat'; readonly parts: readonly Expr[] }
  /** A method of Python's strings, or of `Series.str`, with literal arguments. */
  | {
      readonly op: 'method';
      readonly name: string;
      readonly of: Expr;
      readonly args: readonly Constant[];
      readonly regex: boolean;
    }
  | {
      readonly op: 'slice';
      readonly of: Expr;
      readonly start: number | undefined;
      readonly end: number | undefined;
    }
  | { readonly op: 'fill'; readonly of: Expr; readonly value: string }
  /** `str(x)`, `astype(str)`. */
  | { readonly op: 'text'; readonly of: Expr }
  | { readonly op: 'size'; readonly of: Expr }
  /** `pd.to_datetime`. */
  | { readonly op: 'time'; readonly of: Expr; readonly format: string | undefined }
  /** A function of the notebook. `inner`: what its body does, where all of it is known. */
  | {
      readonly op: 'call';
      readonly fn: FunctionRef;
      readonly of: Expr;
      readonly inner: Expr | undefined;
      readonly ofRow: boolean;
      /** What it is given after the text or row: literals. */
      readonly args: readonly CallArgument[];
      /** Place of the statement of the top level that called it. */
      readonly at: number;
    }
  | { readonly op: 'split'; readonly of: Expr; readonly splitter: SplitterRef }
  /** Something else, made of these. */
  | { readonly op: 'other'; readonly node: SyntaxNode; readonly of: readonly Expr[] };

export interface CallArgument {
  /** undefined: by its place. */
  readonly name: string | undefined;
  readonly value: Constant;
}

export type SplitterRef =
  | {
      readonly kind: 'library';
      readonly path: string;
      /** The call that made the splitter, and the expression that stands for it. */
      readonly call: SyntaxNode;
      readonly receiver: SyntaxNode | undefined;
    }
  /** `library`: what the function itself uses. */
  | {
      readonly kind: 'function';
      readonly fn: FunctionRef;
      readonly library: SplitterRef | undefined;
      /** What it is given after the text; undefined where it is not given that first, and then literals. */
      readonly args: readonly CallArgument[] | undefined;
      readonly at: number;
    };

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly op: 'compare'; readonly is: Comparison; readonly left: Expr; readonly right: Constant }
  | { readonly op: 'in'; readonly left: Expr; readonly values: readonly Constant[] }
  | { readonly op: 'has'; readonly left: Expr }
  | {
      readonly op: 'text';
      readonly is: 'contains' | 'startsWith' | 'endsWith';
      readonly left: Expr;
      readonly text: string;
    }
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  | { readonly op: 'other'; readonly node: SyntaxNode };

/** How rows came into the notebook. */
export interface Reading {
  readonly node: SyntaxNode;
  readonly path: string;
  /** Whether a loop over it gives tables: `chunksize=`. */
  readonly parts: boolean;
  /** Columns that the notebook names, with the places. */
  readonly used: Map<string, SyntaxNode[]>;
  /** Columns that are given as ids to a store or a table. */
  readonly ids: Map<string, SyntaxNode>;
  /** Columns that are read as times. */
  readonly times: Map<string, { readonly node: SyntaxNode; readonly format: string | undefined }>;
}

/** Rows, and what was done with them since they were read. Assigning a column changes it. */
export interface Table {
  readonly reading: Reading | undefined;
  readonly steps: Step[];
  /** Columns that the notebook made or renamed. */
  readonly columns: Map<string, Traced>;
  /** What stands where the source has nothing: `fillna("")`. */
  filled?: string;
}

export type Step = { readonly node: SyntaxNode } & StepOf<Condition, Expr>;

/** One call that makes vectors. */
export interface Embedding {
  readonly node: SyntaxNode;
  readonly path: string;
  /** Whether a function of the notebook makes them without a library that is known. */
  readonly own?: true;
  /** The call that made the model or client. */
  readonly maker: SyntaxNode | undefined;
  /** Texts of rows; undefined where the texts are literals or not known. */
  readonly cells: Cells | undefined;
  readonly literals: readonly string[];
  /** Functions of the notebook that it was reached through, outermost first. */
  readonly through: readonly FunctionRef[];
  /** What the innermost of them is given after the texts; undefined where it is not given those first, and then literals. */
  readonly args: readonly CallArgument[] | undefined;
  /** Place of the statement of the notebook's top level that was running. */
  readonly at: number;
}

/** A file that is written. */
export interface Written {
  readonly node: SyntaxNode;
  readonly path: string | undefined;
  readonly format: string;
  readonly vectors: boolean;
  readonly table: Table | undefined;
}

export const NOTHING: Traced = { is: 'unknown' };
