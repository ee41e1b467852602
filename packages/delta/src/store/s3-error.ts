import { DeltaError, StoreError, type StoreFailure, UnsupportedStoreError } from '../errors.ts';
import type { S3Place } from './s3-client.ts';

/** What the SDK's errors have; none of it is sure to be there. */
interface SdkError {
  name: string;
  message: string;
  stack?: string;
  code?: string;
  Region?: string;
  $metadata?: { httpStatusCode?: number; requestId?: string };
  $response?: { headers?: Record<string, string> };
}

/** The HTTP status of an answer that was an error; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return (error as Partial<SdkError> | undefined)?.$metadata?.httpStatusCode;
}

/** There is no such object; a bucket that is missing is an error. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404 && (error as SdkError).name !== 'NoSuchBucket';
}

/** The error to throw: it says where, why, and what to do. What is not of the SDK or the network stays as it is. */
export function s3Error(error: unknown, place: S3Place): unknown {
  if (error instanceof DeltaError || !(error instanceof Error)) return error;
  const failure = error as SdkError;
  const where = `s3://${place.bucket}/${place.key}`;
  if (statusOf(error) === 501) {
    const message = `${where}: ${place.connection.endpoint} does not implement what is needed (${failure.name}).`;
    return new UnsupportedStoreError(message, { cause: harmless(failure) });
  }
  const reason = reasonOf(failure, place);
  if (reason === undefined) return error;
  return new StoreError(`${where}: ${reason[1]}`, reason[0], { cause: harmless(failure) });
}

function reasonOf(error: SdkError, place: S3Place): [StoreFailure, string] | undefined {
  const { name, message } = error;
  const { endpoint } = place.connection;
  const region = error.Region ?? error.$response?.headers?.['x-amz-bucket-region'];
  const status = statusOf(error);
  if (name === 'NoSuchBucket') {
    return [
      'not-found',
      `there is no bucket ${place.bucket} at ${endpoint}; create it, or correct the root.`,
    ];
  }
  if (name === 'CredentialsProviderError') {
    return [
      'credentials',
      'no credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    ];
  }
  if (REFUSED_CREDENTIALS.has(name)) {
    return ['credentials', `the credentials were refused (${name}); check or renew them, and this clock.`];
  }
  if (isOtherRegion(name, status, region)) {
    const advice = region === undefined ? "to the bucket's region" : `=${region}`;
    return ['region', `the bucket is in another region; set AWS_REGION${advice}, or the bucket's endpoint.`];
  }
  if (status === 401 || status === 403) {
    const needed = 's3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket';
    return ['access-denied', `access was denied (${name}); the credentials need ${needed} there.`];
  }
  if (isNetwork(error)) {
    const why = error.code ?? name;
    return ['unreachable', `${endpoint} cannot be reached (${why}); check AWS_ENDPOINT_URL and the network.`];
  }
  if (status === undefined) return undefined;
  if (status >= 500 || status === 429) {
    return ['unavailable', `${endpoint} failed (${status} ${name}), also when asked again; try again later.`];
  }
  return ['failed', `${endpoint} answered ${status} ${name}: ${message}`];
}

const REFUSED_CREDENTIALS = new Set([
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
]);

/** A HEAD has no text that could say so, but Amazon's answer then has the region in its header. */
function isOtherRegion(name: string, status: number | undefined, region: string | undefined): boolean {
  if (name === 'PermanentRedirect' || name === 'AuthorizationHeaderMalformed') return true;
  return status === 301 || status === 307 || (status === 400 && region !== undefined);
}

/** No answer, or not a whole one. */
export function isNetwork(error: unknown): boolean {
  const { name, code = '' } = error as SdkError;
  return name === 'TimeoutError' || NETWORK.test(code);
}

const NETWORK =
  /^(E(CONN\w+|HOST\w+|NET\w+|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|PROTO)|(CERT|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)_?\w*)$/;

/** An SDK error has fields of the answer, and a server may repeat the session token there: they are left out. */
function harmless({ name, message, stack, $metadata }: SdkError): Error {
  const cause = new Error(message);
  cause.name = name;
  if (stack !== undefined) cause.stack = stack;
  const { httpStatusCode, requestId } = $metadata ?? {};
  return Object.assign(cause, { httpStatusCode, requestId });
}
