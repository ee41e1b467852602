/** What names need: the language model, and the pipeline's own model to see what a label means. */
import type { Config } from '../../config/index.ts';
import type { HttpEvent } from '../../http/index.ts';
import { type Embedder, type ModelSpec, openEmbedder } from '../../model/index.ts';
import { type Labeller, openLabeller } from './labeller.ts';

export interface Naming extends AsyncDisposable {
  readonly labeller: Labeller;
  /** Of length 1. Opens the model when it is first asked. */
  embed(text: string): Promise<Float32Array>;
}

/** Undefined where the config asks for no names. Nothing is asked yet. Throws with exit code 78 where the key is not set. */
export function openNaming(
  { label }: Config['themes'],
  spec: ModelSpec,
  env: NodeJS.ProcessEnv,
  onEvent?: (event: HttpEvent) => void,
): Naming | undefined {
  if (label === undefined) return undefined;
  let opened: Promise<Embedder> | undefined;
  return {
    labeller: openLabeller(label, env, onEvent),
    async embed(text) {
      opened ??= openEmbedder({ ...spec, ...('threads' in spec && { threads: 1 }) });
      const { vectors, failures, error } = await (await opened).embed([text]);
      if (error) throw error;
      if (failures.length > 0) throw new Error(failures[0]!.message);
      return vectors;
    },
    async [Symbol.asyncDispose]() {
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}
