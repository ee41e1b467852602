import type { Channel } from './channel.ts';
import { asGrpc } from './failure.ts';

/** Tells the server which responses of an operation it need not keep. It is only asked to: failures are left alone. */
export interface Releaser {
  /** Everything up to this response was read. Returns at once. */
  until(responseId: string): void;
  /** The operation is over; resolves when the server knows, or after `timeoutMs`. */
  all(timeoutMs: number): Promise<void>;
}

/** One request at a time: while one is on its way only the newest response waits, so that a slow server is not flooded. */
export function releaser(channel: Channel, operationId: string): Releaser {
  let newest: string | undefined;
  let ended = false;
  let sending = false;

  async function drain(): Promise<void> {
    sending = true;
    while (newest !== undefined && !ended) {
      const responseId = newest;
      newest = undefined;
      const release = { case: 'releaseUntil' as const, value: { responseId } };
      await channel.service
        .releaseExecute({ ...channel.caller(), operationId, release }, { timeoutMs: UNTIL_MS })
        .catch(asGrpc);
    }
    sending = false;
  }

  return {
    until(responseId) {
      newest = responseId;
      if (!sending) void drain();
    },
    async all(timeoutMs) {
      ended = true;
      const release = { case: 'releaseAll' as const, value: {} };
      await channel.service
        .releaseExecute({ ...channel.caller(), operationId, release }, { timeoutMs })
        .catch(asGrpc);
    },
  };
}

const UNTIL_MS = 10_000;
