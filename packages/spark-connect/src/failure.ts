import { Code, ConnectError } from '@connectrpc/connect';

/** The trailer with which a server ends a call. A failure without it was not said by the server. */
const STATUS = 'grpc-status';

/** The gRPC error in `error`. */
export function asGrpc(error: unknown): ConnectError {
  return ConnectError.from(error);
}

/** The server itself ended the call, with a status. */
export function isFromServer(error: ConnectError): boolean {
  return error.metadata.has(STATUS);
}

/**
 * The call may be sent again: the connection failed, or the server says that it is unavailable for now, or that it
 * let go of the stream of results. Whether the call arrived is not known.
 */
export function isTransient(error: ConnectError): boolean {
  if (isFromServer(error)) {
    return error.code === Code.Unavailable || error.rawMessage.includes('INVALID_CURSOR.DISCONNECTED');
  }
  return !REFUSALS.includes(error.code) && !isTlsProblem(error);
}

/** What a proxy in between says by an HTTP status. */
const REFUSALS: Code[] = [Code.Unauthenticated, Code.PermissionDenied, Code.Unimplemented];

/** A certificate that is not trusted, or a server without TLS: no later attempt does better. */
function isTlsProblem(error: ConnectError): boolean {
  return chainOf(error).some(({ code }) =>
    /^(ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code),
  );
}

/** The error and its causes, with the code of each that has one. */
export function chainOf(error: Error): { message: string; code: string }[] {
  const chain = [];
  const seen = new Set<unknown>();
  for (let at: unknown = error; at instanceof Error && !seen.has(at); at = at.cause) {
    seen.add(at);
    chain.push({ message: at.message, code: String((at as NodeJS.ErrnoException).code ?? '') });
  }
  return chain;
}
