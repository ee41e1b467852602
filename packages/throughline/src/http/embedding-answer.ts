import { InvalidResponseError } from './errors.ts';
import { parseJson } from './parse-json.ts';
import type { HttpResponse } from './types.ts';

/** What was asked for. */
export interface Expected {
  readonly count: number;
  readonly dimension: number;
  /** The name by which the server answers; a suffix that names a version is allowed, and no name at all. */
  readonly model: string;
}

export interface EmbeddingAnswer {
  /** One after the other, in the order of the texts; those in `bad` are not to be used. */
  readonly vectors: Float32Array;
  /** Positions whose vector is unusable, with the reason. Never all of them. */
  readonly bad: ReadonlyMap<number, string>;
  /** Counted by the server; undefined where it does not say. */
  readonly tokens: number | undefined;
}

/** The shortest and longest vectors that any model is known to make are far within. */
const [LEAST_NORM, MOST_NORM] = [1e-3, 1e4];

/**
 * Reads an answer of an OpenAI-compatible `/embeddings`: floats, or base64 of little-endian float32, whichever was
 * sent. Throws InvalidResponseError unless it is JSON of the model that was asked, with every index exactly once, all
 * of the dimension that was asked; and when no vector in it is usable.
 */
export function readEmbeddingAnswer(response: HttpResponse, expected: Expected): EmbeddingAnswer {
  const answer = objectOf(parseJson(response.body), 'the answer');
  checkModel(answer.model, expected.model);
  const items = inOrder(answer.data, expected.count);
  const rows = items.map((item) => numbersOf(item.embedding));
  checkDimension(rows, expected.dimension);
  const vectors = new Float32Array(expected.count * expected.dimension);
  const bad = new Map<number, string>();
  for (const [i, row] of rows.entries()) {
    const fault = faultOf(row);
    if (fault === undefined) vectors.set(row, i * expected.dimension);
    else bad.set(i, fault);
  }
  if (bad.size === expected.count) throw new InvalidResponseError(`the vector ${bad.get(0)}`);
  return { vectors, bad, tokens: tokensOf(answer.usage) };
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidResponseError(`${what} is not an object`);
  return value as Record<string, unknown>;
}

const VERSION = /^[-:@](v?\d[\w.-]*|latest)$/i;

function checkModel(answered: unknown, asked: string): void {
  if (answered === undefined || answered === null || answered === asked) return;
  const same = typeof answered === 'string' && answered.toLowerCase().startsWith(asked.toLowerCase());
  const suffix = same ? (answered as string).slice(asked.length) : 'another';
  if (suffix !== '' && !VERSION.test(suffix))
    throw new InvalidResponseError(`the model "${String(answered)}" answered for "${asked}"`, 'endpoint');
}

/** By `index`: the order in which they come means nothing. */
function inOrder(data: unknown, count: number): Record<string, unknown>[] {
  if (!Array.isArray(data)) throw new InvalidResponseError('the answer has no list `data`');
  if (data.length !== count) throw new InvalidResponseError(`${data.length} vectors came for ${count} texts`);
  const items: Record<string, unknown>[] = new Array(count);
  for (const each of data) {
    const item = objectOf(each, 'an item of `data`');
    const index = item.index;
    if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= count)
      throw new InvalidResponseError(`there is an index ${String(index)} for ${count} texts`);
    if (items[index as number] !== undefined)
      throw new InvalidResponseError(`the index ${String(index)} comes twice`);
    items[index as number] = item;
  }
  return items;
}

/** What is no number stays in its place as NaN. */
function numbersOf(embedding: unknown): Float32Array {
  if (typeof embedding === 'string') return fromBase64(embedding);
  if (!Array.isArray(embedding)) throw new InvalidResponseError('an item has no list `embedding`');
  return Float32Array.from(embedding, (value) => (typeof value === 'number' ? value : Number.NaN));
}

function fromBase64(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 4 !== 0) throw new InvalidResponseError('a vector in base64 is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}

function checkDimension(rows: readonly Float32Array[], dimension: number): void {
  const wrong = rows.filter((row) => row.length !== dimension);
  if (wrong.length === 0) return;
  const about = wrong.length === rows.length ? 'endpoint' : 'request';
  throw new InvalidResponseError(`a vector has ${wrong[0]!.length} numbers instead of ${dimension}`, about);
}

function faultOf(row: Float32Array): string | undefined {
  let squares = 0;
  for (const value of row) squares += value * value;
  if (!Number.isFinite(squares)) return 'has numbers that are not finite';
  if (squares === 0) return 'is all zeros';
  const norm = Math.sqrt(squares);
  return norm < LEAST_NORM || norm > MOST_NORM ? `has the length ${norm}` : undefined;
}

/** Some servers say 0 where they do not count. */
function tokensOf(usage: unknown): number | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined;
  const { prompt_tokens: prompt, total_tokens: total } = usage as Record<string, unknown>;
  const counted = [total, prompt].find((count) => Number.isInteger(count) && (count as number) > 0);
  return counted as number | undefined;
}
