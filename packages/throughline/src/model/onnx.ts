/** Any model in ONNX with its tokenizer: what its folder says of it, and how it is opened. */
import { basename, join, relative } from 'node:path';
import { fileDigest } from '../file-digest.ts';
import { isFile } from '../is-there.ts';
import { ModelLoadError } from './errors.ts';
import { loadFolderTokenizer } from './folder-tokenizer.ts';
import { describeFolder, FOLDER_FILES } from './onnx-folder.ts';
import type { OnnxModel } from './protocol.ts';
import { runtimeVersions } from './runtime-versions.ts';
import { shapeDigest } from './shape-digest.ts';
import type { ModelInfo, OnnxSpec, Pooling, Tokenizer } from './types.ts';

/** The folder's model, to be opened. Throws ModelLoadError. */
export async function onnxModel(spec: OnnxSpec): Promise<OnnxModel> {
  const { info, file, pooling, normalize } = await describe(spec);
  const settings = { model: info.id, directory: spec.folder, file, dimension: info.dimension };
  return { info, settings: { ...settings, pooling, normalize } };
}

export async function onnxInfo(spec: OnnxSpec): Promise<ModelInfo> {
  return (await describe(spec)).info;
}

export async function loadOnnxTokenizer(spec: OnnxSpec): Promise<Tokenizer> {
  return loadFolderTokenizer(spec.folder).catch((error) => {
    throw loadError(spec, error.message, error);
  });
}

/** The model's own path in its folder, and those of all files that opening it reads. Throws ModelLoadError. */
export async function onnxFiles(spec: OnnxSpec): Promise<{ file: string; all: string[] }> {
  const file = relative(spec.folder, await modelFile(spec));
  const all: string[] = [];
  for (const name of [...FOLDER_FILES, file, `${file}_data`])
    if (await isFile(join(spec.folder, name))) all.push(name);
  return { file, all };
}

interface Description {
  info: ModelInfo;
  file: string;
  pooling: Pooling;
  normalize: boolean;
}

/** Throws ModelLoadError where a file is absent, or none says what is needed. */
async function describe(spec: OnnxSpec): Promise<Description> {
  const said = await describeFolder(spec.folder).catch((error) => {
    throw loadError(spec, error.message, error);
  });
  const file = await modelFile(spec);
  const { dimension } = said;
  const maxTokens = spec.maxTokens ?? said.maxTokens;
  if (dimension === undefined)
    throw loadError(spec, 'its config.json does not say how many numbers a vector has (hidden_size)');
  if (maxTokens === undefined)
    throw loadError(spec, 'no file says how many tokens it takes: set embed.maxTokens');
  const settings = {
    ...{ dimension, maxTokens },
    pooling: spec.pooling ?? said.pooling,
    normalize: spec.normalize ?? true,
    queryPrefix: spec.queryPrefix ?? said.queryPrefix,
    passagePrefix: spec.passagePrefix ?? said.passagePrefix,
  };
  const { pooling, normalize, queryPrefix, passagePrefix } = settings;
  const id = spec.id ?? basename(spec.folder);
  const [files, runtimes] = await Promise.all([digests(spec, file), runtimeVersions(id)]);
  const digest = shapeDigest({ files, runtimes, settings });
  const info = { id, digest, dimension, maxTokens, queryPrefix, passagePrefix, languages: undefined };
  return { info, file, pooling, normalize };
}

const MODEL_FILES = ['model.onnx', 'onnx/model.onnx'];

async function modelFile({ folder, file }: OnnxSpec): Promise<string> {
  const names = file === undefined ? MODEL_FILES : [file];
  for (const name of names) if (await isFile(join(folder, name))) return join(folder, name);
  throw loadError({ folder }, `there is no ${names.join(' or ')} in it`);
}

/** Of the model, of the weights that a large one has beside it, and of the tokenizer. */
async function digests({ folder }: OnnxSpec, file: string): Promise<string[]> {
  const paths = [file, `${file}_data`, join(folder, 'tokenizer.json'), join(folder, 'tokenizer_config.json')];
  return Promise.all(paths.map(async (path) => ((await isFile(path)) ? fileDigest(path) : '')));
}

function loadError({ folder }: Pick<OnnxSpec, 'folder'>, reason: string, cause?: unknown): ModelLoadError {
  return new ModelLoadError(
    folder,
    reason,
    cause,
    'A model folder has model.onnx (or onnx/model.onnx), tokenizer.json, tokenizer_config.json and config.json.',
  );
}
