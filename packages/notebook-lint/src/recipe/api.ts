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
    url: textLiteral(option(...URLS), trace) ?? setting('api_base', trace),
    urlVariable: variableOf(option(...URLS), trace),
    hasUrl: option(...URLS) !== undefined,
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

/** `openai.api_base = "https://..."`. */
function setting(name: string, trace: Trace): string | undefined {
  const pattern = new RegExp(`^openai\\.${name}\\s*=\\s*["']([^"']+)["']`);
  for (const statement of assignments(trace)) {
    const text = pattern.exec(statement)?.[1];
    if (text) return text;
  }
  return undefined;
}

function assignments({ analysis }: Trace): string[] {
  return analysis.trees.flatMap((tree) =>
    tree.children.filter(({ type }) => type === 'expression_statement').map(textOf),
  );
}
