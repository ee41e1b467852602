import type { ThroughlineError } from '../error.ts';
import type { HttpPolicy, HttpStats, TextFailure } from '../http/index.ts';

export type { TextFailure };

/** Which model to open: plain data. Addresses and commands may hold secrets (`keptSpec`). */
export type ModelSpec = MinilmSpec | HashSpec | OnnxSpec | HubSpec | ApiSpec | CommandSpec;

/** What every model can be told. */
interface Settings {
  /** Whether vectors get length 1; true unless told. */
  readonly normalize?: boolean;
  /** Worker threads, or processes of a command. Never changes a vector. */
  readonly threads?: number;
}

/** What is read from a model's files, or is asked of a user where there are none. */
interface Described extends Settings {
  readonly maxTokens?: number;
  readonly queryPrefix?: string;
  readonly passagePrefix?: string;
}

/** all-MiniLM-L6-v2, the default. */
export interface MinilmSpec extends Settings {
  readonly model: 'minilm';
}

/** Deterministic and without a model, for tests of scale. */
export interface HashSpec extends Settings {
  readonly model: 'hash';
  /** 384 unless told. */
  readonly dimension?: number;
}

export type Pooling = 'mean' | 'cls' | 'last';

/** A folder with an ONNX model and its tokenizer, laid out as sentence-transformers does. */
export interface OnnxSpec extends Described {
  readonly model: 'onnx';
  /** Absolute path. */
  readonly folder: string;
  /** What it is called; the folder's name unless told. */
  readonly id?: string;
  /** Path of the model in the folder; `model.onnx` or `onnx/model.onnx` unless told. */
  readonly file?: string;
  /** As the folder says, else the mean. */
  readonly pooling?: Pooling;
}

/** Such a folder on a model hub, at one revision. */
export interface HubSpec extends Omit<OnnxSpec, 'model' | 'folder' | 'id'> {
  readonly model: 'hub';
  /** `ORGANISATION/NAME` */
  readonly id: string;
  /** A commit, tag or branch; only a commit always names the same files. */
  readonly revision: string;
}

/** An OpenAI-compatible `/embeddings`. */
export interface ApiSpec extends Described {
  readonly model: 'api';
  /** As the server knows it. */
  readonly name: string;
  /** The name by which it answers, where that is another. */
  readonly answersAs?: string;
  /** The whole address. */
  readonly url: string;
  readonly dimension: number;
  readonly maxTokens: number;
  /** The server is asked for vectors of that dimension. */
  readonly shorten: boolean;
  /** Environment variable with the key; undefined where the server asks for none. */
  readonly keyVariable?: string;
  /** Header that the key is sent in; as a bearer token where it is `authorization`. */
  readonly keyHeader: string;
  readonly encoding: 'base64' | 'float';
  /** Texts of one request. */
  readonly batch: number;
  readonly policy: HttpPolicy;
  /** Part of the digest: another one embeds everything again. */
  readonly revision?: string;
}

/** A program that answers rows of text with rows of numbers; see docs/commands.md. */
export interface CommandSpec extends Described {
  readonly model: 'command';
  readonly command: readonly string[];
  /** Folder that it starts in. */
  readonly directory: string;
  /** Files and folders that it reads, from `directory`: part of the digest, and sent with it to a cluster. */
  readonly files?: readonly string[];
  readonly dimension: number;
  readonly maxTokens: number;
  /** Texts that it is given together. */
  readonly batch: number;
  /** For an answer to all of them. */
  readonly timeoutMs: number;
  readonly revision?: string;
}

/** What is true of every vector that an embedder returns. */
export interface ModelInfo {
  readonly id: string;
  /** sha256 in hex over the model's files, the runtime and its version, and every setting that shapes a vector. */
  readonly digest: string;
  readonly dimension: number;
  /** The longest text that is embedded, in tokens, special tokens included. */
  readonly maxTokens: number;
  /** Put before every text of that kind; its tokens count towards `maxTokens`. */
  readonly queryPrefix: string;
  readonly passagePrefix: string;
  /** ISO 639-1 codes that the model was trained on; undefined when it does not depend on the language. */
  readonly languages: readonly string[] | undefined;
  readonly pricePerMillionTokens?: number;
  /** Texts of one call, where the model does not make batches of its own. */
  readonly batch?: number;
  /** A call costs money or minutes: what it gave is kept at once. */
  readonly costly?: boolean;
}

/** Synchronous; loads once per thread and is usable in any of them. */
export interface Tokenizer {
  /** Tokens of the text alone, without the special ones. */
  count(text: string): number;
  /** Token ids with the special ones around them, never truncated. */
  encode(text: string): Int32Array;
  /** How many special tokens `encode` adds. */
  readonly specialTokens: number;
}

export type TextKind = 'passage' | 'query';

export interface EmbedOptions {
  /** Decides the prefix; `passage` unless told. */
  readonly kind?: TextKind;
  /** Rejects the call; what a worker has already begun is finished and thrown away. */
  readonly signal?: AbortSignal;
}

/** What became of the texts of one call. */
export interface Embedded {
  /** Row i (`info.dimension` numbers from `i * info.dimension`) belongs to text i; NaN for those in `failures`. */
  readonly vectors: Float32Array;
  /** In the order of the texts. */
  readonly failures: readonly TextFailure[];
  /** What ended the call early: texts whose row is NaN, and that are not in `failures`, are still to be embedded. */
  readonly error?: ThroughlineError;
}

/**
 * Turns texts into vectors. With the models of this machine equal texts of one kind get bitwise equal vectors, whatever
 * they are embedded with and by whichever thread, as long as `info.digest` and the instruction set stay the same.
 */
export interface Embedder extends AsyncDisposable {
  readonly info: ModelInfo;
  /**
   * Calls may be in flight at once. A text that cannot be embedded (`text_too_long`: texts are never cut silently;
   * `bad_vector`; `http_400` and others) is a failure and costs the other texts nothing. Throws where the model or its
   * server fails, whatever the text, and nothing was embedded by then.
   */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Embedded>;
  /** What was asked of a server so far; undefined for models of this machine. */
  usage?(): HttpStats;
  /** Finishes what workers have begun, rejects the rest, and ends the threads. Idempotent. */
  close(): Promise<void>;
}
