/** One session's calls to one server: who calls, how often a call is tried, and what its failure means. */
import { arch, platform } from 'node:os';
import { create } from '@bufbuild/protobuf';
import { type CallOptions, type Client, createClient, type Interceptor } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import type { Connection } from './connection-string.ts';
import { SessionLostError } from './errors.ts';
import { asGrpc, isTransient } from './failure.ts';
import { Http2Connection, type Http2Options } from './http2-connection.ts';
import { SparkConnectService, type UserContext, UserContextSchema } from './protocol/spark_connect_pb.ts';
import { type Outage, outage } from './retry.ts';
import { type Limits, limitsOf } from './settings.ts';
import { translate } from './translate-error.ts';

/** What every request begins with. */
export interface Caller {
  sessionId: string;
  userContext: UserContext;
  clientType: string;
  /** The server's own id of the session, once it is known: the server refuses a call if it has another. */
  clientObservedServerSideSessionId?: string;
}

export interface Channel {
  readonly service: Client<typeof SparkConnectService>;
  readonly sessionId: string;
  readonly outageMs: number;
  /** For messages: where the server is. */
  readonly where: string;
  caller(): Caller;
  /** True once the server has answered: then it has the session, and losing it loses what is in it. */
  isKnown(): boolean;
  /** Checks that an answer comes from the session that was begun, and hands it on. */
  observe<T extends { serverSideSessionId: string }>(answer: T): T;
  /** Sends a call that does no harm when it is sent twice, until it is answered or the limits are reached. */
  call<T extends { serverSideSessionId: string }>(
    send: (options: CallOptions) => Promise<T>,
    limits?: Limits & { outageMs?: number },
  ): Promise<T>;
  /** The error that a caller gets for `error`: the signal's reason, Spark's own words, or what broke. */
  translate(error: unknown, signal?: AbortSignal): Promise<unknown>;
  /** Ends the connection and every call on it. */
  close(): void;
}

export interface ChannelOptions extends Http2Options {
  userId: string;
  sessionId: string;
  userAgent: string;
  outageMs: number;
}

export function openChannel(connection: Connection, options: ChannelOptions): Channel {
  const where = `${connection.host}:${connection.port}`;
  const baseUrl = `${connection.tls ? 'https' : 'http'}://${where}`;
  const manager = new Http2Connection(baseUrl, options);
  const transport = createGrpcTransport({
    baseUrl,
    sessionManager: manager,
    interceptors: [headers(connection)],
    acceptCompression: [],
  });
  const service = createClient(SparkConnectService, transport);
  const userContext = create(UserContextSchema, { userId: options.userId, userName: options.userId });
  let serverSide: string | undefined;

  const channel: Channel = {
    service,
    where,
    sessionId: options.sessionId,
    outageMs: options.outageMs,
    caller: () => ({
      sessionId: options.sessionId,
      userContext,
      clientType: options.userAgent,
      ...(serverSide !== undefined && { clientObservedServerSideSessionId: serverSide }),
    }),
    isKnown: () => serverSide !== undefined,
    observe(answer) {
      if (answer.serverSideSessionId === '') return answer;
      serverSide ??= answer.serverSideSessionId;
      if (serverSide === answer.serverSideSessionId) return answer;
      throw new SessionLostError(`The server at ${where} was restarted: the session on it is lost.`);
    },
    async call(send, limits = {}) {
      const { signal } = limitsOf(limits);
      try {
        const patience = outage(limits.outageMs ?? options.outageMs);
        return channel.observe(await attempts(send, patience, signal));
      } catch (error) {
        throw await channel.translate(error, signal);
      }
    },
    translate: (error, signal) => translate(channel, error, signal),
    close: () => manager.close(),
  };
  return channel;
}

async function attempts<T>(
  send: (options: CallOptions) => Promise<T>,
  patience: Outage,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (;;) {
    try {
      return await send(signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted || !isTransient(asGrpc(error))) throw error;
      await patience.pause(error, signal);
    }
  }
}

function headers({ token, headers }: Connection): Interceptor {
  return (next) => (request) => {
    for (const [name, value] of Object.entries(headers)) request.header.set(name, value);
    if (token !== undefined) request.header.set('authorization', `Bearer ${token}`);
    return next(request);
  };
}

/** What servers show of a client, beside what the caller says of itself. */
export function userAgentOf(own: string | undefined, version: string): string {
  const us = `throughline-spark-connect/${version} node/${process.versions.node} ${platform()}-${arch()}`;
  return own === undefined ? us : `${own} ${us}`;
}
