import type { Analysis, Call } from '../analysis.ts';
import { stringText } from '../python/call.ts';
import { field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import type { Hit, Rule } from './rule.ts';

/** Classes and functions that fetch a model from a hub by its name. */
const BY_NAME =
  /(^|\.)(SentenceTransformer|CrossEncoder|SparseEncoder|INSTRUCTOR|TextEmbedding|SparseTextEmbedding|LateInteractionTextEmbedding|FlagModel|BGEM3FlagModel|FlagReranker|HuggingFaceEmbeddings|HuggingFaceBgeEmbeddings|HuggingFaceInstructEmbeddings|HuggingFaceEmbedding|SentenceTransformerEmbeddings|SentenceTransformerEmbeddingFunction|FastEmbedEmbeddings|FastEmbedEmbedding|SentenceTransformerRerank)$/;
const HUB = /^(torch\.hub\.load|huggingface_hub\.(hf_hub_download|snapshot_download))$/;
const PINS = ['revision', 'code_revision', 'specific_model_path', 'commit_hash', 'model_revision'];
const NAMES = [
  'model_name_or_path',
  'model_name',
  'model',
  'pretrained_model_name_or_path',
  'repo_id',
  'path',
  'repo_or_dir',
];
/** Hosted models whose name stands for another snapshot each few months. */
const ALIASES =
  /^(gpt-3\.5-turbo(-16k)?|gpt-4(-32k|-turbo(-preview)?|-vision-preview|o|o-mini|\.1|\.1-mini|\.1-nano|\.5-preview)?|gpt-5(-mini|-nano|\.\d)?|chatgpt-4o-latest|o[134](-mini|-preview|-pro)?|claude-[\w.-]*-latest|claude-(instant|2|3-(opus|sonnet|haiku)|3-5-(sonnet|haiku))|gemini-(pro(-vision)?|[\d.]+-(pro|flash)(-latest|-lite)?)|command(-light|-r|-r-plus)?|mistral-(tiny|small|medium|large)(-latest)?)$/;
const MODEL_NAME = /(^|_)(model|engine|llm|deployment|gpt)(_?name|_?id|s)?$|_model$|model_/i;

export const unpinnedModel: Rule = {
  id: 'unpinned-model',
  severity: 'warning',
  title: 'a model or data set of a hub without a revision',
  why: 'The name stays and the weights change: vectors of today no longer compare with those of last month.',
  fix: '`embed: { model: hub:ORG/NAME@REVISION }`, or the default in the package. The digest of the model is part of the build, and builds never mix.',
  *check(analysis) {
    for (const call of analysis.calls) {
      const message = fromHub(call, analysis) ?? defaultModel(call);
      if (message) yield { at: call.node, message };
    }
    for (const tree of analysis.trees) yield* aliases(tree);
  },
};

function fromHub({ path, name, receiver, arguments: args }: Call, { knownOf }: Analysis): string | undefined {
  if (args.splat || PINS.some((pin) => args.named.has(pin))) return undefined;
  const node = NAMES.map((key) => args.named.get(key)).find((given) => given) ?? args.positional[0];
  const settings = args.named.get('model_kwargs');
  if (settings && /revision/.test(textOf(settings))) return undefined;
  const message = `\`${name}\` takes whatever revision is newest`;
  if (path === 'datasets.load_dataset') return isHubData(node, knownOf(node).literal) ? message : undefined;
  if (path === 'transformers.pipeline')
    return isRemote(args.named.get('model') ?? args.positional[1], knownOf) ? message : undefined;
  const known = BY_NAME.test(path) || HUB.test(path) || isPretrained(path, name, receiver.path);
  return known && isRemote(node, knownOf) ? message : undefined;
}

/** `AutoModel.from_pretrained(...)`; a class of the notebook itself is not known. */
function isPretrained(path: string, name: string | undefined, owner: string | undefined): boolean {
  return (
    name === 'from_pretrained' &&
    owner !== undefined &&
    !owner.startsWith('notebook.') &&
    !/peft|PeftModel/.test(path)
  );
}

/** A name of a hub, not a folder: known as text, or by a name of a variable that does not say folder. */
function isRemote(node: SyntaxNode | undefined, knownOf: Analysis['knownOf']): boolean {
  if (!node) return false;
  const { literal, type } = knownOf(node);
  if (typeof literal === 'string')
    return !/^[./~]|^[A-Za-z]:\\|\.(pt|bin|onnx|safetensors|gguf)$|^s3:|^dbfs:|(^|[/_-])(output|checkpoints?|saved|local|finetuned?|results)([/_-]|$)/.test(
      literal,
    );
  if (type === 'object' || type === 'module') return false;
  return !/path|dir|folder|checkpoint|save|output|local|finetun|modules|trainer/i.test(textOf(node));
}

/** `load_dataset("csv", data_files=...)` reads files, not the hub. */
function isHubData(node: SyntaxNode | undefined, literal: string | number | undefined): boolean {
  const name = literal ?? stringText(node);
  return (
    node !== undefined &&
    !/^(csv|json|parquet|text|arrow|pandas|imagefolder|audiofolder|webdataset|sql|[./].*|.*\.(py|json|csv))$/.test(
      String(name ?? 'unknown'),
    )
  );
}

/** A collection of Chroma without an embedding function embeds with whatever model the library has by default. */
function defaultModel({ path, arguments: args }: Call): string | undefined {
  const creates = /^chromadb\.\w+\.(get_or_create_collection|create_collection)$/.test(path);
  if (!creates || args.splat || args.named.has('embedding_function')) return undefined;
  return 'The collection embeds with the default model of the library, neither named nor pinned';
}

/** Where the name of a hosted model is spelled out: given to a model argument, or kept under a name for one. */
function* aliases(tree: SyntaxNode): Iterable<Hit> {
  for (const node of walk(tree)) {
    if (node.type !== 'string') continue;
    const name = stringText(node)!;
    if (ALIASES.test(name) && isModelName(node))
      yield {
        at: node,
        message: `\`${name}\` is another model each few months`,
        fix: 'Name a dated snapshot of the model, in `themes: { label: { model: ... } }` too.',
      };
  }
}

function isModelName({ parent, field: role }: SyntaxNode): boolean {
  if (!parent || (role !== 'value' && role !== 'right')) return false;
  const target = field(parent, 'name') ?? field(parent, 'left') ?? field(parent, 'key');
  return target !== undefined && MODEL_NAME.test(stringText(target) ?? textOf(target));
}
