/** Anything that is thrown as `application/problem+json`. */
import { STATUS_CODES } from 'node:http';
import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Problem } from '../api/index.ts';
import { asThroughlineError, EXIT, ThroughlineError } from '../error.ts';

/** What exit codes mean to those who ask by HTTP. */
const STATUSES: Record<number, number> = {
  [EXIT.usage]: 400,
  [EXIT.badData]: 409,
  [EXIT.noInput]: 404,
  [EXIT.unavailable]: 503,
  [EXIT.tryAgain]: 503,
  [EXIT.permission]: 403,
  [EXIT.config]: 500,
};

/** Where the exit code of a command says less than a status can. */
const STATUSES_OF_CODES: Record<string, number> = {
  unauthenticated: 401,
  host_refused: 403,
  within_invalid: 403,
  theme_missing: 404,
  // Nothing is promoted: not for the caller to mend.
  lake_missing: 503,
  nothing_promoted: 503,
};

/** Seconds after which to try again. */
const RETRY_AFTER = 1;

export interface Failure {
  problem: Problem;
  /** Headers that go with it. */
  headers: Record<string, string>;
  /** What the log is told, beyond the problem: of faults of the server. */
  cause?: Error;
}

export function failureOf(thrown: unknown, requestId: string): Failure {
  const error = thrown as FastifyError;
  if (hasZodFastifySchemaValidationErrors(error)) return refused(validationDetail(error), requestId);
  if (!(thrown instanceof ThroughlineError) && isClientError(error)) return ofFastify(error, requestId);
  const known = asThroughlineError(thrown);
  const status = STATUSES_OF_CODES[known.code] ?? STATUSES[known.exitCode] ?? 500;
  if (status === 500)
    return {
      problem: problemOf(status, {
        code: 'internal',
        detail: 'the server failed',
        requestId,
        hint: INTERNAL,
      }),
      headers: {},
      cause: thrown instanceof Error ? thrown : known,
    };
  const { code, message: detail, hint } = known;
  return { problem: problemOf(status, { code, detail, requestId, hint }), headers: headersOf(status) };
}

const INTERNAL = 'The log of the server says why, by the request id.';

function headersOf(status: number): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  return status === 503 ? { 'retry-after': String(RETRY_AFTER) } : {};
}

function refused(detail: string, requestId: string): Failure {
  return { problem: problemOf(400, { code: 'request_invalid', detail, requestId, hint: SEE }), headers: {} };
}

const SEE = 'What an operation takes: /docs, or /openapi.json.';

function validationDetail({ validation, validationContext }: FastifyError): string {
  const [first] = validation ?? [];
  const place = first?.instancePath.split('/').filter(Boolean).join('.') ?? '';
  return `${place || validationContext || 'the request'}: ${first?.message ?? 'it is not valid'}`;
}

/** A body that is too large, no JSON, of another type; a rate that is too high. */
function isClientError({ statusCode }: FastifyError): boolean {
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500;
}

function ofFastify({ statusCode, code, message }: FastifyError, requestId: string): Failure {
  const name = (code ?? 'request_invalid').toLowerCase().replace(/^fst_(err_)?/, '');
  return { problem: problemOf(statusCode!, { code: name, detail: message, requestId }), headers: {} };
}

export function problemOf(
  status: number,
  {
    code,
    detail,
    hint,
    requestId,
  }: Pick<Problem, 'code' | 'detail' | 'requestId'> & { hint?: string | undefined },
): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    type: 'about:blank',
    title,
    status,
    detail,
    code,
    ...(hint === undefined ? {} : { hint }),
    requestId,
  };
}
