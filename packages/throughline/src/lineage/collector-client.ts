import { EXIT, ThroughlineError } from '../error.ts';
import { DEFAULT_POLICY, HttpError, type HttpPolicy, openHttpClient } from '../http/index.ts';

/** Somebody waits for the end of the run: a collector that is down may cost some seconds, once. */
const POLICY: HttpPolicy = {
  ...DEFAULT_POLICY,
  timeoutMs: 3_000,
  retries: 1,
  backoff: { firstMs: 250, factor: 2, mostMs: 2_000 },
  deadlineMs: 5_000,
};

export interface CollectorClient {
  /** The document that is answered; undefined for an empty answer. Throws with the status, or why there is none. */
  post(path: string, body: unknown): Promise<unknown>;
  get(path: string): Promise<unknown>;
}

export interface CollectorAddress {
  url: string;
  keyVariable?: string | undefined;
}

/** `section` names the collector in errors, which never have a key, a user or parameters of the address in them. */
export function openCollectorClient(
  section: string,
  { url, keyVariable }: CollectorAddress,
  env: NodeJS.ProcessEnv,
): CollectorClient {
  const client = openHttpClient(POLICY);
  const base = new URL(url);
  const basic = base.username === '' ? undefined : `${base.username}:${base.password}`;
  base.username = '';
  base.password = '';
  const send = async (method: 'GET' | 'POST', path: string, body?: unknown) => {
    const address = new URL(base);
    const [folder, parameters = ''] = path.split('?', 2);
    address.pathname = `${base.pathname.replace(/\/+$/, '')}/${folder}`;
    address.search = parameters;
    const headers = {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...authorization(section, keyVariable, basic, env),
    };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const request = { method, url: address.href, headers, ...text };
    return await client
      .send(request, ({ body: answer }) => ({ value: documentOf(answer) }))
      .catch((error: Error) => {
        if (error instanceof HttpError) throw error;
        throw new Error(error.message.replaceAll(url, base.href), { cause: error });
      });
  };
  return { post: (path, body) => send('POST', path, body), get: (path) => send('GET', path) };
}

function authorization(
  section: string,
  keyVariable: string | undefined,
  basic: string | undefined,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  if (keyVariable === undefined)
    return basic === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(decodeURIComponent(basic)).toString('base64')}` };
  const key = env[keyVariable];
  if (key) return { authorization: `Bearer ${key}` };
  throw new ThroughlineError(`${section}: the variable ${keyVariable} is not set`, {
    code: 'secret_missing',
    exitCode: EXIT.config,
    hint: 'Set it to the key of the server.',
  });
}

function documentOf(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body).trim();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Some collectors answer with a sentence; who needs a document looks for it.
    return text;
  }
}
