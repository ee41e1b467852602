/** What the files of a model's folder say, in the layout of sentence-transformers and of Transformers' ONNX exports. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pooling } from './types.ts';

export interface FolderDescription {
  dimension: number | undefined;
  maxTokens: number | undefined;
  pooling: Pooling;
  queryPrefix: string;
  passagePrefix: string;
}

/** The files that it reads, and a model's folder has beside its weights. */
export const FOLDER_FILES = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'sentence_bert_config.json',
  '1_Pooling/config.json',
  'config_sentence_transformers.json',
  'modules.json',
] as const;
/** Without these there is no model. */
export const REQUIRED_FILES: readonly string[] = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

/** Tokenizers say a limit like this where they have none. */
const NO_LIMIT = 1e6;

/** Throws where a file is not JSON, or wants a pooling that is not known here. */
export async function describeFolder(folder: string): Promise<FolderDescription> {
  const [config, , tokenizer, bert, pooling, transformers, modules] = await Promise.all(
    FOLDER_FILES.map((name) => readObject(folder, name)),
  );
  checkModules(modules!);
  const prompts = (transformers!.prompts ?? {}) as Record<string, unknown>;
  const prompt = (...names: string[]) => names.map((name) => prompts[name]).find((text) => text) ?? '';
  const limits = [bert!.max_seq_length, tokenizer!.model_max_length, config!.max_position_embeddings];
  return {
    dimension: numberOf(config!.hidden_size ?? config!.dim ?? pooling!.word_embedding_dimension),
    maxTokens: limits.map(numberOf).find((limit) => limit !== undefined && limit < NO_LIMIT),
    pooling: poolingOf(pooling!),
    queryPrefix: String(prompt('query')),
    passagePrefix: String(prompt('passage', 'document')),
  };
}

/** Layers of sentence-transformers that are done here; what has others would be embedded wrongly. */
const KNOWN_MODULES = ['Transformer', 'Pooling', 'Normalize'];

function checkModules(modules: Record<string, unknown>): void {
  for (const { type } of Object.values(modules) as { type?: string }[]) {
    const name = type?.split('.').at(-1) ?? '';
    if (!KNOWN_MODULES.includes(name))
      throw new Error(`its modules.json has a layer "${name}": known are ${KNOWN_MODULES.join(', ')}`);
  }
}

const POOLINGS: Readonly<Record<string, Pooling>> = {
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_cls_token: 'cls',
  pooling_mode_lasttoken: 'last',
};

function poolingOf(config: Record<string, unknown>): Pooling {
  const modes = Object.keys(config).filter(
    (name) => name.startsWith('pooling_mode_') && config[name] === true,
  );
  if (modes.length === 0) return 'mean';
  const known = POOLINGS[modes[0]!];
  if (modes.length > 1 || known === undefined)
    throw new Error(`its pooling is ${modes.join(' and ')}: known are mean, cls and last token`);
  return known;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Empty for a file that is not there. */
async function readObject(folder: string, name: string): Promise<Record<string, unknown>> {
  const text = await readFile(join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '{}';
    throw error;
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name} is not JSON`);
  }
}
