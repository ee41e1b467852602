/** A user's own program as an embedder, in any language: a notebook's function, run as it is. */
import { basename } from 'node:path';
import { digestsOfFiles, openCommandPool, type RowAnswer, wordDigests } from '../command/index.ts';
import { HARMLESS } from '../http/index.ts';
import { shapeDigest } from './shape-digest.ts';
import type { CommandSpec, Embedder, ModelInfo, TextFailure } from './types.ts';
import { normaliseRows, vectorFault } from './vector.ts';

/** Where a harmless text ends the command too, the command itself is at fault: `embed` throws CommandBrokenError. */
export async function openCommand(spec: CommandSpec): Promise<Embedder> {
  const info = await commandInfo(spec);
  const pool = openCommandPool(spec, spec.threads);

  const embed: Embedder['embed'] = async (texts, { kind = 'passage', signal } = {}) => {
    const prefix = kind === 'query' ? info.queryPrefix : info.passagePrefix;
    const vectors = new Float32Array(texts.length * info.dimension).fill(Number.NaN);
    const rows = texts.map((text) => ({ kind, text: prefix + text }));
    const answers = await pool.ask(rows, { harmless: [{ kind, text: HARMLESS }], signal });
    const failures = answers.flatMap((answer, i) => keep(answer, i, vectors, info.dimension) ?? []);
    if (spec.normalize ?? true) normaliseRows(vectors, info.dimension);
    return { vectors, failures };
  };
  return { info, embed, close: pool.close, [Symbol.asyncDispose]: pool.close };
}

/** Writes the vector at its place, or says why it is none. */
function keep(
  answer: RowAnswer,
  index: number,
  vectors: Float32Array,
  dimension: number,
): TextFailure | undefined {
  if ('code' in answer) return { index, ...answer };
  const vector = 'row' in answer ? answer.row.vector : undefined;
  const bad = (reason: string) => ({ index, code: 'bad_vector', message: `the vector ${reason}` });
  if (!Array.isArray(vector)) return bad('is missing');
  if (vector.length !== dimension) return bad(`has ${vector.length} numbers instead of ${dimension}`);
  const row = Float32Array.from(vector, (value) => (typeof value === 'number' ? value : Number.NaN));
  const fault = vectorFault(row, 0, dimension);
  if (fault !== undefined) return bad(fault);
  vectors.set(row, index * dimension);
  return undefined;
}

/** Files that the command names are part of the digest, and `files`: an edited script embeds everything again. */
export async function commandInfo(spec: CommandSpec): Promise<ModelInfo> {
  const { command, directory, dimension, maxTokens, queryPrefix = '', passagePrefix = '', batch } = spec;
  const { normalize = true, revision } = spec;
  const files = await wordDigests(command, directory);
  const more = spec.files && (await digestsOfFiles(spec.files, directory));
  const shape = {
    command,
    files,
    more,
    dimension,
    maxTokens,
    queryPrefix,
    passagePrefix,
    normalize,
    revision,
  };
  return {
    id: basename(command.find((_, i) => files[i] !== '') ?? command[0]!),
    digest: shapeDigest({ kind: 'command', ...shape }),
    ...{ dimension, maxTokens, queryPrefix, passagePrefix, batch },
    languages: undefined,
    costly: true,
  };
}
