import { argumentsOf } from '../python/call.ts';
import { type SyntaxNode, textOf } from '../python/node.ts';
import { numberLiteral, textLiteral } from './constants.ts';
import type { ModelFact } from './recipe.ts';
import type { Trace } from './trace/trace.ts';
import type { Embedding } from './trace/traced.ts';

const APIS: readonly (readonly [RegExp, string])[] = [
  [/SynapseML|synapse\.ml/, 'azure-openai'],
  [/AzureOpenAI|AzureChatOpenAI/, 'azure-openai'],
  [/openai|OpenAIEmbedding/i, 'openai'],
  [/cohere/i, 'cohere'],
  [/voyageai/i, 'voyageai'],
  [/google\.generativeai|vertexai|GoogleGenerativeAI/i, 'google'],
  [/ollama/i, 'ollama'],
  [/mistralai/i, 'mistralai'],
  [/litellm/i, 'litellm'],
  [/bedrock/i, 'bedrock'],
  [/together/i, 'together'],
  [/huggingface_hub/i, 'huggingface_hub'],
];

const URLS = ['base_url', 'azure_endpoint', 'openai_api_base', 'api_base', 'endpoint'];

/** What LangChain and LlamaIndex take where no model is named. */
const STANDARD: Readonly<Record<string, string>> = { openai: 'text-embedding-ada-002' };

/** What is known of a hosted model; undefined where the model runs in the notebook's own process. */
export function apiOf(embedding: Embedding, makerPath: string, trace: Trace): Partial<ModelFact> | undefined {
  const { path, node, maker } = embedding;
  const whole = `${path} ${makerPath}`;
  if (/chromadb/.test(path) && !/OpenAI|Cohere|Google/i.test(makerPath)) return undefined;
  const library = APIS.find(([pattern]) => pattern.test(whole))?.[1];
  if (!library) return undefined;
  const call = argumentsOf(node).named;
  const made = maker ? argumentsOf(maker).named : new Map<string, SyntaxNode>();
  const option = (...names: string[]) => {
    for (const name of names) for (const given of [call, made]) if (given.has(name)) return given.get(name);
    return undefined;
  };
  const deployment =
    textLiteral(option('azure_deployment', 'deployment'), trace) ?? setterText('setDeploymentName', trace);
  const modelNode = option('model', 'engine', 'model_name', 'deployment_id', 'model_id');
  const named = textLiteral(modelNode, trace);
  const wrapped = /Embeddings?\b/.test(makerPath) && modelNode === undefined;
  const version = textLiteral(option('api_version', 'openai_api_version'), trace);
  const isAzure = library === 'azure-openai' || version !== undefined;
  return {
    library: isAzure ? 'azure-openai' : library,
    where: 'api',
    name: named ?? deployment ?? (wrapped ? STANDARD[library] : undefined),
    dimension: numberLiteral(option('dimensions', 'output_dimension', 'output_dimensionality'), trace),
    batch: numberLiteral(option('batch_size', 'chunk_size', 'embed_batch_size'), trace),
    ...addressOf(option(...URLS), maker !== undefined && argumentsOf(maker).splat, trace),
    keyVariable:
      variableOf(option('api_key', 'openai_api_key', 'api_token'), trace) ?? settingVariable(trace),
    azure: isAzure ? { deployment: deployment ?? named, version } : undefined,
  };
}

/** `.setDeploymentName(x)` of a builder that a name stands for: what it was given is looked for among all calls. */
function setterText(setter: string, trace: Trace): string | undefined {
  const call = trace.analysis.calls.find(({ name }) => name === setter);
  return call && textLiteral(call.arguments.positional[0], trace);
}

const VARIABLE =
  /(?:environ(?:\.get)?\s*[[(]|getenv\s*\(|userdata\.get\s*\(|secrets\.get\s*\(.*?,)\s*(?:key\s*=\s*)?["']([A-Z][A-Z0-9_]*)["']/;

/** The environment variable that a key is read from, there or where its name was bound. */
function variableOf(node: SyntaxNode | undefined, trace: Trace): string | undefined {
  if (!node) return undefined;
  const direct = VARIABLE.exec(textOf(node))?.[1];
  if (direct || node.type !== 'identifier') return direct;
  const bound = trace.analysis.flow.bindings.filter(({ name }) => name === textOf(node)).at(-1);
  return bound && VARIABLE.exec(textOf(bound.statement))?.[1];
}

/** `openai.api_key = os.getenv("...")`. */
function settingVariable(trace: Trace): string | undefined {
  for (const statement of assignments(trace))
    if (/^openai\.api_key\s*=/.test(statement)) return VARIABLE.exec(statement)?.[1];
  return undefined;
}

/** The address, or the variable that holds all of it. What is computed of parts is only known to be there. */
function addressOf(
  node: SyntaxNode | undefined,
  isSplat: boolean,
  trace: Trace,
): Pick<ModelFact, 'url' | 'urlVariable' | 'hasUrl'> {
  const setting = node === undefined ? addressSetting(trace) : undefined;
  const url = textLiteral(node, trace) ?? setting?.literal;
  const code = node ? rightSide(node, trace) : setting?.right;
  const isWhole = code !== undefined && WHOLE_VARIABLE.test(code.trim());
  return {
    url,
    urlVariable: isWhole && url === undefined ? VARIABLE.exec(code)?.[1] : undefined,
    hasUrl: node !== undefined || setting !== undefined || isSplat,
  };
}

const WHOLE_VARIABLE =
  /^(os\.)?(environ(\.get)?\s*[[(]|getenv\s*\()\s*(key\s*=\s*)?["'][A-Z][A-Z0-9_]*["']\s*[\])]$/;

/** What the name of an address was bound to, or the expression itself. */
function rightSide(node: SyntaxNode, { analysis }: Trace): string {
  if (node.type !== 'identifier') return textOf(node);
  const bound = analysis.flow.bindings.findLast(({ name }) => name === textOf(node));
  return bound ? textOf(bound.statement).replace(/^\w+\s*=\s*/, '') : '';
}

const ADDRESS_SETTING =
  /^(?:openai\.(?:api_base|base_url)|(?:os\.)?environ\[["']OPENAI_(?:BASE_URL|API_BASE)["']\])\s*=\s*([\s\S]+)$/;

/** `openai.api_base = "https://..."`, or the variable that the client reads. */
function addressSetting(trace: Trace): { literal: string | undefined; right: string } | undefined {
  const right = assignments(trace)
    .map((statement) => ADDRESS_SETTING.exec(statement)?.[1])
    .findLast((one) => one !== undefined);
  return right === undefined ? undefined : { literal: /^["']([^"']+)["']$/.exec(right.trim())?.[1], right };
}

function assignments({ analysis }: Trace): string[] {
  return analysis.trees.flatMap((tree) =>
    tree.children.filter(({ type }) => type === 'expression_statement').map(textOf),
  );
}
