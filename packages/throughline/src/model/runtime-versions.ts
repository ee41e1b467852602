import { installedVersion } from '../installed-package.ts';
import { ModelLoadError } from './errors.ts';

/** What turns text into vectors besides a model's files: another version may round differently. */
export const RUNTIMES: readonly string[] = ['onnxruntime-node', '@huggingface/tokenizers'];

/** `NAME@VERSION` of each runtime, for a model's digest. Throws ModelLoadError where one is not installed. */
export async function runtimeVersions(model: string): Promise<string[]> {
  return Promise.all(
    RUNTIMES.map(async (name) => {
      const version = await installedVersion(name);
      if (version === undefined) throw new ModelLoadError(model, `${name} is not installed`);
      return `${name}@${version}`;
    }),
  );
}
