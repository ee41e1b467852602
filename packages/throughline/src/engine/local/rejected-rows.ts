import { cutPayload, type DeadLetter, MAX_PAYLOAD } from '../../mapper/rows.ts';
import type { Session } from './session.ts';

/** The reader repeats a malformed line in its message. */
const MAX_MESSAGE = 1_000;

/** Lines of the source that are not rows; they belong to no chunk. */
export async function* rejectedRows(session: Session): AsyncGenerator<DeadLetter[]> {
  for await (const rows of session.stream(
    `SELECT file, line, left(payload, ${MAX_PAYLOAD}), length(payload), reason, left(message, ${MAX_MESSAGE}) FROM rejects ORDER BY place`,
  )) {
    yield rows.map(([file, line, payload, length, reason, message]) => ({
      step: 'read',
      id: null,
      code: String(reason),
      message: `${file}${line === null ? '' : `:${line}`}: ${message}`,
      payload: payload === null ? '' : cutPayload(String(payload), Number(length)),
    }));
  }
}
