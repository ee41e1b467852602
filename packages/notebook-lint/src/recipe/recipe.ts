/** What a notebook does, as far as reading it can tell. Plain data. */

/** Where in the notebook something stands. */
export interface Origin {
  /** Among all cells, from 0. */
  readonly cell: number;
  /** In the cell, from 1. */
  readonly line: number;
  /** The statement as it is written, its first lines. */
  readonly source: string;
}

export interface Fact<T> {
  readonly value: T;
  readonly origin: Origin;
  /** What other places say instead. */
  readonly alternatives: readonly { readonly value: T; readonly origin: Origin }[];
}

export interface Recipe {
  readonly file: string;
  /** Lower case: `python`, `r`. Nothing is read of other languages than Python. */
  readonly language: string;
  readonly source: Fact<SourceFact> | undefined;
  /** Steps from the source to the texts that are embedded, in their order. */
  readonly steps: readonly Fact<StepFact>[];
  readonly text: Fact<Formula> | undefined;
  readonly timestamp: Fact<TimeFact> | undefined;
  readonly id: Fact<string> | undefined;
  /** Columns of the source that the notebook names: kept, shown, filtered or grouped by. */
  readonly columns: readonly Fact<string>[];
  readonly split: Fact<SplitFact> | undefined;
  readonly model: Fact<ModelFact> | undefined;
  readonly metric: Fact<Metric> | undefined;
  readonly clustering: Fact<ClusteringFact> | undefined;
  readonly outputs: readonly Fact<OutputFact>[];
  readonly queries: readonly Fact<string>[];
  /** The notebook's own functions on the way from rows to vectors. */
  readonly functions: readonly FunctionSource[];
  readonly questions: readonly Question[];
  /** How it was read, in sentences. */
  readonly notes: readonly string[];
}

export interface Question {
  /** What it is about: `source`, `text`, `model`, ... */
  readonly about: string;
  readonly text: string;
  readonly origin: Origin | undefined;
}

export interface SourceFact {
  /** `pandas.read_csv`, without aliases. */
  readonly reader: string;
  readonly format: 'csv' | 'json' | 'jsonl' | 'parquet' | 'excel' | 'delta' | 'table' | 'dataset' | 'other';
  /** As the notebook says it; undefined where it is computed. */
  readonly path: string | undefined;
  readonly options: Readonly<Record<string, string | number | boolean | null>>;
}

/** What is done with rows, whatever conditions and columns are written in. */
export type StepOf<Condition, Column> =
  | { readonly op: 'filter'; readonly condition: Condition }
  | { readonly op: 'drop_nulls'; readonly columns: readonly Column[] | undefined }
  | {
      readonly op: 'dedupe';
      readonly columns: readonly Column[] | undefined;
      readonly keep: 'first' | 'last' | 'other';
    }
  | {
      readonly op: 'sample';
      readonly how: 'random' | 'first' | 'last';
      readonly rows: number | undefined;
      readonly share: number | undefined;
      readonly seed: number | undefined;
    }
  /** Rows became other rows in a way that is not followed: a join, a pivot. */
  | { readonly op: 'other'; readonly name: string };

export type StepFact = StepOf<Test, Formula>;

/** How a text is made of columns of the source. */
export type Formula =
  | { readonly op: 'column'; readonly name: string }
  | { readonly op: 'literal'; readonly value: string }
  | { readonly op: 'concat'; readonly parts: readonly Formula[] }
  | {
      readonly op: 'method';
      readonly name: string;
      readonly of: Formula;
      readonly args: readonly (string | number | boolean | null)[];
      readonly regex: boolean;
    }
  | {
      readonly op: 'slice';
      readonly of: Formula;
      readonly start: number | undefined;
      readonly end: number | undefined;
    }
  | { readonly op: 'fill'; readonly of: Formula; readonly value: string }
  | { readonly op: 'text' | 'size'; readonly of: Formula }
  | { readonly op: 'time'; readonly of: Formula; readonly format: string | undefined }
  | {
      readonly op: 'call';
      /** Name in `functions`. */
      readonly name: string;
      readonly of: Formula;
      readonly inner: Formula | undefined;
      readonly ofRow: boolean;
      /** Literals that it is given after the text or row. */
      readonly args?: readonly ArgumentFact[];
    }
  | { readonly op: 'other'; readonly source: string; readonly of: readonly Formula[] };

/** A literal that a function of the notebook is given: by name, else by its place. */
export interface ArgumentFact {
  readonly name: string | undefined;
  readonly value: string | number | boolean | null;
}

export type Test =
  | {
      readonly op: 'compare';
      readonly is: '==' | '!=' | '<' | '<=' | '>' | '>=';
      readonly left: Formula;
      readonly right: string | number | boolean | null;
    }
  | {
      readonly op: 'in';
      readonly left: Formula;
      readonly values: readonly (string | number | boolean | null)[];
    }
  | { readonly op: 'has'; readonly left: Formula }
  | {
      readonly op: 'text';
      readonly is: 'contains' | 'startsWith' | 'endsWith';
      readonly left: Formula;
      readonly text: string;
    }
  | { readonly op: 'and' | 'or'; readonly of: readonly Test[] }
  | { readonly op: 'not'; readonly of: Test }
  | { readonly op: 'other'; readonly source: string };

export interface TimeFact {
  readonly column: string;
  /** strptime codes. */
  readonly format: string | undefined;
}

export interface SplitFact {
  readonly kind: 'library' | 'function';
  /** Of a library its class; of the notebook the function. */
  readonly name: string;
  /** In `functions`: what gives the pieces of a text. */
  readonly function: string | undefined;
  /** Literals that it is given after the text. */
  readonly args?: readonly ArgumentFact[];
  readonly size: number | undefined;
  readonly overlap: number | undefined;
  readonly unit: 'tokens' | 'characters' | 'unknown';
}

export type Metric = 'cosine' | 'dot' | 'l2';

export interface ModelFact {
  /** `sentence-transformers`, `openai`, `fastembed`, `tf-idf`, ... */
  readonly library: string;
  readonly where: 'local' | 'api';
  readonly name: string | undefined;
  readonly revision: string | undefined;
  readonly precision: string | undefined;
  /** true where the vectors are scaled to length 1, by the model or after it. */
  readonly normalize: boolean | undefined;
  readonly batch: number | undefined;
  /** Tokens after which a text is cut, where the notebook says so. */
  readonly maxTokens: number | undefined;
  readonly dimension: number | undefined;
  readonly queryPrefix: string | undefined;
  readonly passagePrefix: string | undefined;
  /** Of an API. */
  readonly url: string | undefined;
  /** Whether it ends without a layer that scales vectors to length 1, whatever the model of that name does. */
  readonly unscaled: boolean;
  /** Environment variable that the address is read from. */
  readonly urlVariable: string | undefined;
  /** Whether the notebook gives an address at all, also one that cannot be read. */
  readonly hasUrl: boolean;
  readonly keyVariable: string | undefined;
  readonly azure:
    | { readonly deployment: string | undefined; readonly version: string | undefined }
    | undefined;
  /** The function of the notebook, in `functions`, that gives the vectors: of one text, or of a list. */
  readonly function:
    | {
        readonly name: string;
        readonly takes: 'one' | 'many';
        /** Literals that it is given after the text or texts. */
        readonly args?: readonly ArgumentFact[];
      }
    | undefined;
  /** In `functions`: through which questions go before they are embedded. */
  readonly ofQuestions: string | undefined;
}

export interface ClusteringFact {
  /** `KMeans`, `MiniBatchKMeans`, `HDBSCAN`, `BERTopic`, ... */
  readonly method: string;
  readonly count: number | undefined;
  readonly seed: number | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether the same labels can be had again from the same vectors. */
  readonly reproducible: boolean;
}

export interface OutputFact {
  readonly path: string | undefined;
  readonly format: string;
  readonly vectors: boolean;
}

export interface FunctionSource {
  readonly name: string;
  /** The function as it is written, byte for byte. */
  readonly source: string;
  /** Imports, constants and functions that it needs, then itself, in the order in which they ran. */
  readonly slice: readonly { readonly origin: Origin; readonly source: string }[];
  /** Names that it needs and nothing in the notebook defines. */
  readonly missing: readonly string[];
  /** Whether what it needs reads files: then it is no function of its text alone. */
  readonly readsData: boolean;
  readonly origin: Origin;
}
