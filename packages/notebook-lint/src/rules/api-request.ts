import type { Analysis, Call } from '../analysis.ts';
import { argumentsOf } from '../python/call.ts';
import { field, type SyntaxNode, textOf } from '../python/node.ts';
import { enclosingDefinition } from '../python/statement.ts';

/** A call that goes over the network to an HTTP API. Clients of vector stores are not among them. */
export interface ApiRequest {
  readonly what: string;
  /** Seconds after which the library gives up by itself; undefined: it waits for ever. */
  readonly defaultTimeout: number | undefined;
  readonly hasTimeout: boolean;
  /** The library, its session or its client tries again by itself. */
  readonly retries: boolean;
}

const VERBS = 'get|post|put|delete|patch|head|options|request';
const REQUESTS = new RegExp(`^requests\\.(${VERBS})$`);
const SESSION = new RegExp(`^requests\\.(sessions\\.)?[sS]ession(\\(\\))?\\.(${VERBS})$`);
const HTTPX = new RegExp(`^httpx\\.((Async)?Client\\.)?(${VERBS}|stream)$`);
const AIOHTTP = new RegExp(`^aiohttp\\.(ClientSession\\.)?(${VERBS})$`);
const URLLIB = /^urllib\.request\.(urlopen|urlretrieve)$|^wget\.download$/;
/** openai before 1.0: classes with methods of classes. */
const OPENAI_0 =
  /^openai\.(Embedding|Completion|ChatCompletion|Edit|Moderation|Image|Audio|Engine|Model|File|FineTune|FineTuningJob|Answer|Search|Classification|Deployment)\.(a?create|list|retrieve|transcribe|translate|create_\w+|stream_events|delete|cancel|download)$/;
/** openai since 1.0, and clients made by the same generator: ten minutes, two retries. */
const OPENAI_1 =
  /^(openai|anthropic|groq|together|portkey_ai)\.(\w+\.)?(embeddings|chat\.completions|completions|messages|responses|moderations|images|audio\.\w+|files|fine_tuning\.jobs|models|batches|beta\.\w+(\.\w+)*)\.(create|parse|list|retrieve|generate|upload|edit|stream|create_and_poll)$/;
const HELPERS = /^openai\.embeddings_utils\.a?get_embeddings?$/;
/** Clients of other hosted models; the second: whether they try again by themselves. */
const HOSTED: readonly (readonly [RegExp, boolean])[] = [
  [
    /^cohere\.(Async)?Client(V2)?\.(embed|chat|generate|rerank|classify|summarize|tokenize|detokenize|chat_stream)$/,
    true,
  ],
  [/^google\.generativeai\.(embed_content|generate_text|generate_embeddings|chat)$/, false],
  [
    /^google\.generativeai\.GenerativeModel\.(generate_content|start_chat\(\)\.send_message)(_async)?$/,
    false,
  ],
  [/^google\.genai\.Client\.models\.(generate_content|embed_content)$/, false],
  [/^voyageai\.(Async)?Client\.(embed|rerank|multimodal_embed)$/, false],
  [
    /^mistralai\.\w+(\.\w+)*\.(Mistral|MistralClient)(\.(chat|embeddings|chat\.complete|embeddings\.create))$|^mistralai\.Mistral(Client)?\.(chat|embeddings|chat\.complete|embeddings\.create)$/,
    false,
  ],
  [/^replicate\.run$|^replicate\.Client\.run$/, true],
  [
    /^huggingface_hub\.(Async)?InferenceClient\.(text_generation|feature_extraction|chat_completion|summarization|sentence_similarity|text_classification|zero_shot_classification)$/,
    false,
  ],
  [/^litellm\.(a?completion|a?embedding)$/, false],
  [/^ollama\.(chat|generate|embed|embeddings)$/, false],
];
const TIMEOUTS = ['timeout', 'request_timeout', 'timeout_ms', 'request_options'];

export function apiRequest(call: Call, analysis: Analysis): ApiRequest | undefined {
  const { path, name } = call;
  if (REQUESTS.test(path)) return request(call, analysis, `requests.${name}`, undefined, false);
  if (SESSION.test(path))
    return request(call, analysis, `requests' session`, undefined, mountsRetries(call, analysis));
  if (HTTPX.test(path)) return request(call, analysis, `httpx.${name}`, 5, false);
  if (AIOHTTP.test(path)) return request(call, analysis, `aiohttp ${name}`, 300, false);
  if (URLLIB.test(path))
    return { ...request(call, analysis, name!, undefined, false), hasTimeout: urlopenTimeout(call) };
  if (OPENAI_0.test(path)) return request(call, analysis, path, undefined, false);
  if (HELPERS.test(path)) return request(call, analysis, name!, undefined, true);
  if (OPENAI_1.test(path))
    return request(call, analysis, textOf(call.node.children[0]!), 600, !disablesRetries(call));
  const hosted = HOSTED.find(([form]) => form.test(path));
  return hosted && request(call, analysis, textOf(call.node.children[0]!), undefined, hosted[1]);
}

function request(
  call: Call,
  analysis: Analysis,
  what: string,
  defaultTimeout: number | undefined,
  retries: boolean,
): ApiRequest {
  const client = settingsOf(call.receiver.call);
  const optioned = withOptions(call.receiverNode);
  const given = (name: string) => call.arguments.named.get(name) ?? optioned?.get(name) ?? client?.get(name);
  const stated = TIMEOUTS.map(given).find((node) => node !== undefined);
  const unseen = call.arguments.splat && !forwardsNone(call, analysis);
  const hasTimeout = unseen || (stated !== undefined && textOf(stated) !== 'None');
  return {
    what: what.replace(/\s+/g, ''),
    defaultTimeout: stated && textOf(stated) === 'None' ? undefined : defaultTimeout,
    hasTimeout,
    retries,
  };
}

/** `**options` of the function that it stands in, which nobody calls with a timeout. */
function forwardsNone({ node }: Call, { flow }: Analysis): boolean {
  const definition = enclosingDefinition(node);
  const parameters = definition && field(definition, 'parameters');
  if (!parameters?.children.some(({ type }) => type === 'dictionary_splat_pattern')) return false;
  return [...((definition && flow.callers.get(definition)) ?? [])].every((call) => {
    const { named, splat } = argumentsOf(call);
    return !splat && !TIMEOUTS.some((name) => named.has(name));
  });
}

/** The keyword arguments of the call that made a client. */
function settingsOf(construction: SyntaxNode | undefined): ReadonlyMap<string, SyntaxNode> | undefined {
  return construction && argumentsOf(construction).named;
}

/** `client.with_options(timeout=20).embeddings.create(...)`. */
function withOptions(receiver: SyntaxNode | undefined): ReadonlyMap<string, SyntaxNode> | undefined {
  for (let at = receiver; at; at = at.children[0])
    if (at.type === 'call' && /\.(with_options|copy)$/.test(textOf(at.children[0]!)))
      return argumentsOf(at).named;
  return undefined;
}

function disablesRetries({ receiver, arguments: { named } }: Call): boolean {
  const retries = named.get('max_retries') ?? settingsOf(receiver.call)?.get('max_retries');
  return retries !== undefined && textOf(retries) === '0';
}

function urlopenTimeout({ arguments: { named, positional }, name }: Call): boolean {
  return name === 'urlopen' && (named.has('timeout') || positional.length > 2);
}

/** `session.mount("https://", HTTPAdapter(max_retries=...))` anywhere in the notebook. */
function mountsRetries(call: Call, { calls }: Analysis): boolean {
  const session = call.receiverNode && textOf(call.receiverNode);
  return calls.some(
    ({ name, receiverNode }) => name === 'mount' && receiverNode && textOf(receiverNode) === session,
  );
}
