import { InvalidResponseError } from './errors.ts';

/** Throws InvalidResponseError for what is not JSON. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new InvalidResponseError('the answer is not JSON');
  }
}
