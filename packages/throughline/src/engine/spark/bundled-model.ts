/** A model as executors get it. */
import { basename, join } from 'node:path';
import { modelInfo as minilm, modelDirectory } from '@throughline/model-minilm';
import { EXIT, ThroughlineError } from '../../error.ts';
import { fileDigest } from '../../file-digest.ts';
import { type ModelSpec, onnxFiles } from '../../model/index.ts';
import type { ArchiveFile } from './archive-file.ts';
import { onExecutors, PIPELINE_FOLDER } from './pipeline-files.ts';

export interface BundledModel {
  /** As a worker opens it: a `folder` or `directory` is relative to the bundle's. */
  readonly spec: ModelSpec;
  /** None for a model without files, and for a command, whose files go with those of the others. */
  readonly files: readonly ArchiveFile[];
}

/** `@throughline/model-minilm` looks for its files in `../model`, seen from the worker in `lib`. */
const FOLDER = 'model';

/** Throws ModelLoadError where a file is missing, ThroughlineError for a hub's model, which is to be fetched first. */
export async function bundledModel(spec: ModelSpec): Promise<BundledModel> {
  switch (spec.model) {
    case 'minilm':
      return { spec, files: await filesOf(modelDirectory(), Object.keys(minilm.files)) };
    case 'onnx': {
      const { file, all } = await onnxFiles(spec);
      // Named by its own folder, wherever it lies.
      const id = spec.id ?? basename(spec.folder);
      return { spec: { ...spec, id, file, folder: FOLDER }, files: await filesOf(spec.folder, all) };
    }
    case 'hub':
      throw new ThroughlineError(`the model ${spec.id} of a hub is no folder on this machine yet`, {
        code: 'model_not_fetched',
        exitCode: EXIT.internal,
      });
    case 'command':
      return { spec: { ...onExecutors(spec, spec.directory), directory: PIPELINE_FOLDER }, files: [] };
    default:
      return { spec, files: [] };
  }
}

async function filesOf(folder: string, names: readonly string[]): Promise<ArchiveFile[]> {
  return Promise.all(
    names.map(async (name) => {
      const content = join(folder, name);
      return { target: `${FOLDER}/${name}`, content, digest: await fileDigest(content) };
    }),
  );
}
