/** Connections to the brokers of a source; the client's code loads with the first of them. */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { Consumer } from '@platformatic/kafka';
import type { SourceConfig } from '../../config/index.ts';
import { asThroughlineError } from '../../error.ts';

/** A member of which nothing was heard for so long is out of its group, and others read its partitions. */
const SESSION_MS = 10_000;
const HEARTBEAT_MS = 1_000;
/** How long the others may take to join anew. */
const REBALANCE_MS = 30_000;
const CONNECT_MS = 5_000;
const METADATA_MS = 30_000;

export interface KafkaClient extends AsyncDisposable {
  /** For questions; a member of the group where there is one. */
  asking: Consumer;
  /** For messages: who waits for them at a broker keeps nobody else waiting there. */
  fetching: Consumer;
}

/** Connects when it is first asked. */
export async function openClient(
  source: SourceConfig,
  { group, directory }: { group: string | undefined; directory: string },
): Promise<KafkaClient> {
  const { Consumer } = await import('@platformatic/kafka');
  const options = {
    clientId: 'throughline',
    bootstrapBrokers: brokersOf(source.brokers!),
    connectTimeout: CONNECT_MS,
    metadataMaxAge: METADATA_MS,
    autocommit: false,
    // Whoever asks knows better what to do about a failure. With retries a commit that the group refuses would also join anew, beside
    // the heartbeat that does, and two members would call each other to rebalance for ever.
    retries: 0,
    // Where there is no group nobody joins this one.
    groupId: group ?? 'throughline',
    ...(source.sasl && { sasl: source.sasl }),
    ...(source.tls && {
      tls: await tlsOptions(source.tls, directory),
      tlsServerName: areNames(source.brokers!),
    }),
  };
  const heartbeat = {
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_MS,
  };
  const asking = new Consumer({ ...options, ...heartbeat });
  const fetching = new Consumer(options);
  for (const one of [asking, fetching]) one.topics.track(source.topic!);
  return {
    asking,
    fetching,
    async [Symbol.asyncDispose]() {
      // What the broker does not answer any more is its own affair.
      await Promise.allSettled([asking.close(), fetching.close()]);
    },
  };
}

export function brokersOf(brokers: string | readonly string[]): string[] {
  return [brokers].flat().flatMap((one) => one.split(',').map((broker) => broker.trim()));
}

/** A host is named to the server when it has a name: RFC 6066, section 3. */
function areNames(brokers: string | readonly string[]): boolean {
  return brokersOf(brokers).every(
    (broker) => isIP(broker.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')) === 0,
  );
}

async function tlsOptions(
  tls: true | { ca?: string | undefined; cert?: string | undefined; key?: string | undefined },
  directory: string,
): Promise<Record<string, Buffer>> {
  if (tls === true) return {};
  const read = async ([name, path]: [string, string | undefined]) =>
    [name, await readFile(resolve(directory, path!))] as const;
  const given = Object.entries(tls).filter(([, path]) => path !== undefined);
  try {
    return Object.fromEntries(await Promise.all(given.map(read)));
  } catch (error) {
    throw asThroughlineError(error);
  }
}
