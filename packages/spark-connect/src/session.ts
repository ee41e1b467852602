import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { create } from '@bufbuild/protobuf';
import { type Artifact, addArtifacts, artifactStatuses } from './artifacts.ts';
import { type Channel, openChannel, userAgentOf } from './channel.ts';
import { Config } from './config.ts';
import { type Connection, parseConnectionString, parseUuid } from './connection-string.ts';
import { ProtocolError, UnavailableError } from './errors.ts';
import { execute } from './execution.ts';
import type { Parameter } from './literal.ts';
import {
  InterruptRequest_InterruptType as InterruptType,
  PlanSchema,
  type Relation as RelationMessage,
} from './protocol/spark_connect_pb.ts';
import { Relation } from './relation.ts';
import { checkTag, type ExecuteSettings, type Limits } from './settings.ts';
import { type Statements, statements } from './statement.ts';
import { VERSION } from './version.ts';

export interface ConnectOptions {
  /** These go before those of the connection string. */
  token?: string;
  userId?: string;
  sessionId?: string;
  userAgent?: string;
  /** Certificates to trust, in PEM, instead of the system's. */
  ca?: string | Buffer;
  /** How long to try until the server answers first. Default 30 s. */
  connectTimeoutMs?: number;
  /** How long a server may be out of reach before a call gives up. Default 10 min. */
  outageMs?: number;
  /**
   * A connection on which nothing came for so long is tested. Default 310 s: gRPC servers for Java end connections that
   * are tested more often than every 5 min. While something runs, Spark reports progress every 2 s or so anyway.
   */
  keepAliveMs?: number;
  signal?: AbortSignal;
}

const CONNECT_MS = 30_000;
const OUTAGE_MS = 10 * 60_000;
const KEEP_ALIVE_MS = 310_000;

/** Begins a session, or joins the one that is named. Close it when done: `await using session = await connect(url)`. */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Session> {
  const given = parseConnectionString(url, options.token);
  const channel = openChannel(given, channelOptions(given, options));
  try {
    return new Session(channel, await versionOf(channel, options));
  } catch (error) {
    channel.close();
    throw error;
  }
}

function channelOptions(given: Connection, options: ConnectOptions) {
  return {
    userId: options.userId ?? given.userId ?? userInfo().username,
    sessionId: parseUuid(options.sessionId ?? given.sessionId ?? randomUUID()),
    userAgent: userAgentOf(options.userAgent ?? given.userAgent, VERSION),
    keepAliveMs: options.keepAliveMs ?? KEEP_ALIVE_MS,
    outageMs: options.outageMs ?? OUTAGE_MS,
    ...(options.ca !== undefined && { ca: options.ca }),
  };
}

const OLDEST_SPARK = 4;
const GIVE_UP = 0.9;

async function versionOf(channel: Channel, options: ConnectOptions): Promise<string> {
  const { connectTimeoutMs = CONNECT_MS, signal } = options;
  const analyze = { case: 'sparkVersion' as const, value: {} };
  const { result } = await channel
    .call((call) => channel.service.analyzePlan({ ...channel.caller(), analyze }, call), {
      outageMs: connectTimeoutMs * GIVE_UP, // its error says why, that of the time limit does not
      timeoutMs: connectTimeoutMs,
      ...(signal !== undefined && { signal }),
    })
    .catch((error: unknown) => {
      if (signal?.aborted || (error as Error).name !== 'TimeoutError') throw error;
      throw new UnavailableError(
        `No answer from Spark Connect at ${channel.where} in ${connectTimeoutMs} ms.`,
      );
    });
  const version = result.case === 'sparkVersion' ? result.value.version : '';
  if (Number.parseInt(version, 10) >= OLDEST_SPARK) return version;
  throw new ProtocolError(
    `${channel.where} runs Spark ${version || 'of an unknown version'}; Spark 4 is needed.`,
  );
}

/** What to interrupt: everything of this session, or what runs under a tag. */
export type Interrupt = 'all' | { tag: string };

/** A session on a server: its views, settings and artifacts are its own. */
export class Session {
  /** Spark's version on the server. */
  readonly version: string;
  readonly id: string;
  /** The session's settings. */
  readonly config: Config;
  readonly #channel: Channel;
  readonly #statements: Statements;
  #closed: Promise<void> | undefined;

  /** By `connect`. */
  constructor(channel: Channel, version: string) {
    this.#channel = channel;
    this.version = version;
    this.id = channel.sessionId;
    this.config = new Config(channel);
    this.#statements = statements(channel);
  }

  /**
   * A query, which runs when it is read. Parameters are `:name` in the text: values, never text. For statements that
   * change something use `execute`.
   */
  sql(query: string, parameters: Readonly<Record<string, Parameter>> = {}): Relation {
    return new Relation(this.#channel, this.#statements.prepare(query, parameters));
  }

  /** Runs a statement once, now; the relation holds what it answers (`SHOW TABLES`), and is empty for most. */
  async execute(
    statement: string,
    parameters: Readonly<Record<string, Parameter>> = {},
    settings: ExecuteSettings = {},
  ): Promise<Relation> {
    const input = await this.#statements.prepare(statement, parameters)();
    const commandType = { case: 'sqlCommand' as const, value: { input } };
    const plan = create(PlanSchema, { opType: { case: 'command', value: { commandType } } });
    let answer: RelationMessage | undefined;
    for await (const { responseType } of execute(this.#channel, plan, settings)) {
      if (responseType.case === 'sqlCommandResult') answer = responseType.value.relation;
    }
    if (answer === undefined) throw new ProtocolError('The server did not say what the statement gave.');
    const message = answer;
    return new Relation(this.#channel, async () => message);
  }

  /** Sends files and archives for the session's executors, in chunks; see `Artifact`. */
  async addArtifacts(artifacts: readonly Artifact[], limits: Limits = {}): Promise<void> {
    await addArtifacts(this.#channel, artifacts, limits);
  }

  /** Which of these artifacts the server has. Spark 4.1 answers for `cache/` names only, and says no for any other. */
  async artifactStatuses(names: readonly string[], limits: Limits = {}): Promise<Map<string, boolean>> {
    return await artifactStatuses(this.#channel, names, limits);
  }

  /** Ends what runs; the ids of the operations that were interrupted. Whoever reads them gets a SparkError. */
  async interrupt(what: Interrupt, limits: Limits = {}): Promise<string[]> {
    const { service, caller } = this.#channel;
    const request =
      what === 'all'
        ? { interruptType: InterruptType.ALL }
        : {
            interruptType: InterruptType.TAG,
            interrupt: { case: 'operationTag' as const, value: checkTag(what.tag) },
          };
    const { interruptedIds } = await this.#channel.call(
      (options) => service.interrupt({ ...caller(), ...request }, options),
      limits,
    );
    return interruptedIds;
  }

  /** Ends the session on the server, with all that runs in it, and the connection. A second call waits for the first. */
  async close(): Promise<void> {
    this.#closed ??= this.#release();
    await this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** A server that cannot be told forgets the session by itself, after an hour without calls. */
  async #release(): Promise<void> {
    const { service, caller } = this.#channel;
    const { sessionId, userContext, clientType } = caller();
    await service
      .releaseSession({ sessionId, userContext, clientType }, { timeoutMs: RELEASE_MS })
      .catch(() => undefined);
    this.#channel.close();
  }
}

const RELEASE_MS = 10_000;
