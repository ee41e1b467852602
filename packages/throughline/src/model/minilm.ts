import { join } from 'node:path';
import { modelInfo as description, modelDirectory } from '@throughline/model-minilm';
import { fileDigest } from '../file-digest.ts';
import { ModelLoadError } from './errors.ts';
import { loadFolderTokenizer } from './folder-tokenizer.ts';
import type { OnnxModel } from './protocol.ts';
import { runtimeVersions } from './runtime-versions.ts';
import { shapeDigest } from './shape-digest.ts';
import type { MinilmSpec, ModelInfo, Tokenizer } from './types.ts';

/** The default model, to be opened. Throws ModelLoadError when a file is absent or not the one described. */
export async function minilmModel(spec: MinilmSpec): Promise<OnnxModel> {
  const [info] = await Promise.all([minilmInfo(spec), checkFiles()]);
  const directory = modelDirectory();
  const settings = {
    ...{ model: info.id, directory, file: join(directory, 'model.onnx') },
    ...{ dimension: info.dimension, normalize: normalizes(spec) },
  };
  return { info, settings: { ...settings, pooling: 'mean' } };
}

export async function minilmInfo(spec: MinilmSpec): Promise<ModelInfo> {
  const { id, dimension, maxTokens, queryPrefix, passagePrefix, languages, pooling, files } = description;
  const runtimes = await runtimeVersions(id);
  const settings = { dimension, maxTokens, queryPrefix, passagePrefix, pooling, normalize: normalizes(spec) };
  const digest = shapeDigest({ id, files, runtimes, settings });
  return { id, digest, dimension, maxTokens, queryPrefix, passagePrefix, languages };
}

export function loadMinilmTokenizer(): Promise<Tokenizer> {
  return loadFolderTokenizer(modelDirectory());
}

function normalizes(spec: MinilmSpec): boolean {
  return spec.normalize ?? description.normalize;
}

async function checkFiles(): Promise<void> {
  const expected = Object.entries(description.files);
  await Promise.all(
    expected.map(async ([name, digest]) => {
      const path = join(modelDirectory(), name);
      const actual = await fileDigest(path).catch((error) => {
        throw new ModelLoadError(description.id, error.message, error);
      });
      if (actual !== digest)
        throw new ModelLoadError(description.id, `${path} is damaged (sha256 ${actual})`);
    }),
  );
}
