/** A notice to everybody whom the config names: one message for all that a run has to say. */
import { createHmac } from 'node:crypto';
import type { Config } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { DEFAULT_POLICY, type HttpPolicy, openHttpClient } from '../http/index.ts';
import type { Notice } from './alert.ts';
import { slackMessage } from './slack-message.ts';

type Destination = Config['alerts'][number];

export interface SendEffects {
  env: NodeJS.ProcessEnv;
  /** Milliseconds since 1970 UTC. */
  clock: () => number;
}

/** At the end of a run: somebody waits. */
const POLICY: HttpPolicy = { ...DEFAULT_POLICY, timeoutMs: 30_000, retries: 4, deadlineMs: 60_000 };

/** The errors of destinations that could not be told; the others have been. */
export async function sendNotice(
  destinations: readonly Destination[],
  notice: Notice,
  effects: SendEffects,
): Promise<Error[]> {
  const sent = await Promise.allSettled(destinations.map((one) => send(one, notice, effects)));
  return sent.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
}

async function send(destination: Destination, notice: Notice, { env, clock }: SendEffects): Promise<void> {
  const isSlack = 'slack' in destination;
  const url = isSlack ? destination.slack : destination.webhook;
  const body = JSON.stringify(isSlack ? slackMessage(notice) : { version: 1, ...notice });
  const secret = isSlack ? undefined : secretOf(destination, env);
  const headers = {
    'content-type': 'application/json',
    ...(secret !== undefined && signature(body, secret, clock())),
  };
  const client = openHttpClient(POLICY);
  const request = { method: 'POST' as const, url, headers, body };
  await client
    .send(request, () => ({ value: undefined }))
    .catch(({ message }: Error) => {
      // The path of such an address is a secret.
      throw new Error(message.replaceAll(url, `${new URL(url).origin}/***`));
    });
}

function secretOf({ secretVariable }: { secretVariable?: string | undefined }, env: NodeJS.ProcessEnv) {
  if (secretVariable === undefined) return undefined;
  const secret = env[secretVariable];
  if (secret) return secret;
  throw new ThroughlineError(`alerts: the variable ${secretVariable} is not set`, {
    code: 'secret_missing',
    exitCode: EXIT.config,
    hint: 'Set it to the secret that the receiver checks signatures with.',
  });
}

/**
 * `x-throughline-signature: t=SECONDS,v1=HEX`, HMAC-SHA256 of `SECONDS.BODY`: who has the secret knows that the notice is ours, and not
 * an old one.
 */
function signature(body: string, secret: string, at: number): Record<string, string> {
  const seconds = Math.floor(at / 1_000);
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return { 'x-throughline-signature': `t=${seconds},v1=${digest}` };
}
