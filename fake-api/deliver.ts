import type { ServerResponse } from 'node:http';
import type { Accident } from './faults.ts';

/** Sends the body, or as much of it as the accident lets through. */
export function deliver(
  response: ServerResponse,
  headers: Record<string, string>,
  body: string,
  accident?: Accident,
): void {
  const bytes = Buffer.from(body);
  const declared = accident === 'truncated' ? bytes.length + 100 : bytes.length;
  response.writeHead(200, {
    ...headers,
    'content-type': 'application/json',
    'content-length': String(declared),
  });
  if (accident === undefined) response.end(bytes);
  else if (accident === 'truncated') response.write(bytes, () => response.socket?.end());
  else {
    response.write(bytes.subarray(0, bytes.length >> 1), () => {
      if (accident === 'reset-mid-body') reset(response);
    });
  }
}

/** The other side reads ECONNRESET. */
export function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...headers, 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

export function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): void {
  const type = status === 429 ? 'rate_limit_error' : status >= 500 ? 'server_error' : 'invalid_request_error';
  sendJson(response, status, { error: { message, type } }, headers);
}
