import { Code, ConnectError } from '@connectrpc/connect';
import type { Channel } from './channel.ts';
import {
  ProtocolError,
  SessionLostError,
  type SparkConnectError,
  SparkError,
  type SparkErrorCause,
  UnauthenticatedError,
  UnavailableError,
} from './errors.ts';
import { asGrpc, chainOf, isFromServer, isTransient } from './failure.ts';
import { type ErrorInfo, ErrorInfoSchema } from './protocol/error_info_pb.ts';
import type { FetchErrorDetailsResponse_Error } from './protocol/spark_connect_pb.ts';

/** What a caller gets to see of `error`. Details that the server does not give do not hide the error. */
export async function translate(channel: Channel, error: unknown, signal?: AbortSignal): Promise<unknown> {
  if (signal?.aborted) return signal.reason;
  if (!(error instanceof ConnectError)) return error;
  if (isTransient(error)) return unavailable(channel, error);
  if (error.code === Code.Unauthenticated || error.code === Code.PermissionDenied) {
    return new UnauthenticatedError(`${channel.where} refuses: ${error.rawMessage}`, { cause: error });
  }
  return isFromServer(error) ? await serverError(channel, error) : broken(channel, error);
}

function unavailable(channel: Channel, error: ConnectError): SparkConnectError {
  const reason = chainOf(error).at(-1)?.message || error.rawMessage;
  return new UnavailableError(`No answer from Spark Connect at ${channel.where}: ${reason}`, {
    cause: error,
  });
}

function broken(channel: Channel, error: ConnectError): SparkConnectError {
  const reason = chainOf(error).at(-1)?.message || error.rawMessage;
  return new ProtocolError(`${channel.where} does not speak Spark Connect as expected: ${reason}`, {
    cause: error,
  });
}

async function serverError(channel: Channel, error: ConnectError): Promise<SparkConnectError> {
  const [info] = error.findDetails(ErrorInfoSchema);
  const chain: Chain = (await fetchChain(channel, info?.metadata.errorId)) ?? [inStatus(error, info)];
  if (LOST_SESSION.test(error.rawMessage)) {
    return new SessionLostError(`${channel.where} has lost the session: ${error.rawMessage}`, {
      cause: error,
    });
  }
  return new SparkError(chain);
}

/** Not found, closed, or changed by a restart of the server. */
const LOST_SESSION = /\[INVALID_HANDLE\.SESSION_/;

/** The little that the status itself says: at most 2 kB of the message. */
function inStatus(error: ConnectError, info: ErrorInfo | undefined): SparkErrorCause {
  const { errorClass, sqlState, messageParameters, stackTrace } = info?.metadata ?? {};
  return {
    exception: info?.reason ?? `gRPC ${Code[error.code]}`,
    message: error.rawMessage,
    ...(errorClass !== undefined && { errorClass }),
    ...(sqlState !== undefined && { sqlState }),
    parameters: messageParameters === undefined ? {} : JSON.parse(messageParameters),
    stack: stackTrace?.split('\n') ?? [],
  };
}

type Chain = readonly [SparkErrorCause, ...SparkErrorCause[]];

const DETAILS_MS = 5000;

/** The whole error and its causes, outermost first; nothing if the server does not keep them. */
async function fetchChain(channel: Channel, errorId: string | undefined): Promise<Chain | undefined> {
  if (errorId === undefined) return undefined;
  const request = { ...channel.caller(), errorId };
  const answer = await channel.service
    .fetchErrorDetails(request, { timeoutMs: DETAILS_MS })
    .catch((error: unknown) => void asGrpc(error));
  if (answer?.rootErrorIdx === undefined) return undefined;
  const chain: SparkErrorCause[] = [];
  const seen = new Set<number>();
  for (let at: number | undefined = answer.rootErrorIdx; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const one: FetchErrorDetailsResponse_Error | undefined = answer.errors[at];
    if (one !== undefined) chain.push(fromDetails(one));
    at = one?.causeIdx;
  }
  const [root, ...causes] = chain;
  return root === undefined ? undefined : [root, ...causes];
}

function fromDetails(error: FetchErrorDetailsResponse_Error): SparkErrorCause {
  const { errorClass, sqlState, messageParameters = {} } = error.sparkThrowable ?? {};
  return {
    exception: error.errorTypeHierarchy[0] ?? '',
    message: error.message,
    ...(errorClass !== undefined && { errorClass }),
    ...(sqlState !== undefined && { sqlState }),
    parameters: messageParameters,
    stack: error.stackTrace.map(
      ({ declaringClass, methodName, fileName, lineNumber }) =>
        `${declaringClass}.${methodName}(${fileName ?? 'Unknown Source'}:${lineNumber})`,
    ),
  };
}
