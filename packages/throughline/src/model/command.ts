/** A user's own program as an embedder, in any language: a notebook's function, run as it is. */
import { basename, resolve } from 'node:path';
import { fileDigest } from '../file-digest.ts';
import { askApart, HARMLESS } from '../http/index.ts';
import { isFile } from '../is-there.ts';
import { CommandFailure, type CommandProcess, type RowAnswer, startCommand } from './command-process.ts';
import { CommandBrokenError, EmbedderStoppedError } from './errors.ts';
import { shapeDigest } from './shape-digest.ts';
import { openTurns } from './turns.ts';
import type { CommandSpec, Embedder, EmbedOptions, ModelInfo, TextFailure } from './types.ts';
import { normaliseRows, vectorFault } from './vector.ts';

/**
 * Processes start when they are needed, and again when they have ended. Where a batch ends one, the batch is halved
 * until the text that did it is alone; where a harmless text ends it too, the command itself is at fault: `embed` throws.
 */
export async function openCommand(spec: CommandSpec): Promise<Embedder> {
  const info = await commandInfo(spec);
  const processes = new Set<CommandProcess>();
  const idle: CommandProcess[] = [];
  const turns = openTurns(spec.threads ?? 1);
  let closed = false;

  const ask = (texts: readonly string[], { kind = 'passage', signal }: EmbedOptions): Promise<RowAnswer[]> =>
    turns.take(async () => {
      if (closed) throw new EmbedderStoppedError('the embedder was closed');
      signal?.throwIfAborted();
      const process = idle.pop() ?? startCommand(spec);
      processes.add(process);
      try {
        return await process.ask(
          texts.map((text) => ({ kind, text })),
          signal,
        );
      } finally {
        if (process.ended) processes.delete(process);
        else idle.push(process);
      }
    });

  const embed: Embedder['embed'] = async (texts, options = {}) => {
    const prefix = options.kind === 'query' ? info.queryPrefix : info.passagePrefix;
    const vectors = new Float32Array(texts.length * info.dimension).fill(Number.NaN);
    const failures: TextFailure[] = [];
    await askApart([...texts.keys()], {
      ask: async (positions) => {
        const some = positions.map((at) => prefix + texts[at]!);
        for (const [i, answer] of (await ask(some, options)).entries()) {
          const failure = keep(answer, positions[i]!, vectors, info.dimension);
          if (failure) failures.push(failure);
        }
        return [];
      },
      isOfPositions: async (error) => {
        if (!(error instanceof CommandFailure)) return false;
        await ask([HARMLESS], options).catch((other) => {
          throw other instanceof CommandFailure ? new CommandBrokenError(other) : other;
        });
        return true;
      },
      isCertain: () => false,
      split: () => {},
      refused: (errors, index) =>
        failures.push({ index, code: 'command_failed', message: (errors[0] as Error).message }),
    });
    if (spec.normalize ?? true) normaliseRows(vectors, info.dimension);
    return { vectors, failures: failures.sort((a, b) => a.index - b.index) };
  };
  const close = async () => {
    closed = true;
    await Promise.all([...processes].map((process) => process.close()));
  };
  return { info, embed, close, [Symbol.asyncDispose]: close };
}

/** Writes the vector at its place, or says why it is none. */
function keep(
  answer: RowAnswer,
  index: number,
  vectors: Float32Array,
  dimension: number,
): TextFailure | undefined {
  if ('code' in answer) return { index, ...answer };
  const { vector } = answer.row;
  const bad = (reason: string) => ({ index, code: 'bad_vector', message: `the vector ${reason}` });
  if (!Array.isArray(vector)) return bad('is missing');
  if (vector.length !== dimension) return bad(`has ${vector.length} numbers instead of ${dimension}`);
  const row = Float32Array.from(vector, (value) => (typeof value === 'number' ? value : Number.NaN));
  const fault = vectorFault(row, 0, dimension);
  if (fault !== undefined) return bad(fault);
  vectors.set(row, index * dimension);
  return undefined;
}

/** Files that the command names are part of the digest: an edited script embeds everything again. */
export async function commandInfo(spec: CommandSpec): Promise<ModelInfo> {
  const { command, directory, dimension, maxTokens, queryPrefix = '', passagePrefix = '', batch } = spec;
  const { normalize = true, revision } = spec;
  const files = await Promise.all(command.map((part) => digestIfFile(resolve(directory, part))));
  const shape = { command, files, dimension, maxTokens, queryPrefix, passagePrefix, normalize, revision };
  return {
    id: basename(command.find((_, i) => files[i] !== '') ?? command[0]!),
    digest: shapeDigest({ kind: 'command', ...shape }),
    ...{ dimension, maxTokens, queryPrefix, passagePrefix, batch },
    languages: undefined,
    costly: true,
  };
}

async function digestIfFile(path: string): Promise<string> {
  return (await isFile(path)) ? fileDigest(path) : '';
}
