import { ConcurrentModificationError } from '@throughline/delta';
import type { Leases } from './lease.ts';
import { append, type ChunkEvent, type ChunkState, type Clock, type Ledger, reread } from './ledger.ts';

export interface ClaimRequest {
  chunk: string;
  digest: string;
  /** The highest transaction version of any target table: attempts go on above it, whatever the ledger says. */
  committed: number;
  /** The attempt that was the last when the chunk was found to be due. */
  seen: number;
}

export interface Claims {
  ledger: Ledger;
  /** The attempt of each chunk that is now ours. */
  attempts: Map<string, number>;
  /** Chunks that another run has made of the same rows in the meantime. */
  done: Set<string>;
}

export interface Claimant {
  owner: string;
  run: string;
  clock: Clock;
  leases: Leases;
}

/**
 * Claims chunks by one commit on exactly the version that was read: of two processes one wins, and the other reads
 * the winner's claims and leaves them out, as it leaves out what another run has done in the meantime.
 */
export async function claim(
  ledger: Ledger,
  requests: readonly ClaimRequest[],
  by: Claimant,
): Promise<Claims> {
  let current = ledger;
  for (;;) {
    const { states } = current;
    const done = new Set(
      requests.filter((one) => isDoneSince(states.get(one.chunk), one)).map(({ chunk }) => chunk),
    );
    const free: ClaimRequest[] = [];
    for (const request of requests) {
      const { chunk } = request;
      if (!done.has(chunk) && !(await isTaken(states.get(chunk), by))) free.push(request);
    }
    const attempts = new Map(
      free.map(({ chunk, committed }) => [chunk, 1 + Math.max(committed, states.get(chunk)?.attempt ?? 0)]),
    );
    if (free.length === 0) return { ledger: current, attempts, done };
    const events = free.map(
      ({ chunk, digest }): ChunkEvent => ({
        chunk,
        attempt: attempts.get(chunk)!,
        event: 'claimed',
        owner: by.owner,
        run: by.run,
        at: by.clock.now(),
        digest,
      }),
    );
    try {
      return { ledger: await append(current, events, by.clock, { exclusive: true }), attempts, done };
    } catch (error) {
      if (!(error instanceof ConcurrentModificationError)) throw error;
      current = await reread(current);
    }
  }
}

function isDoneSince(state: ChunkState | undefined, { seen, digest }: ClaimRequest): boolean {
  return state?.last.event === 'done' && state.attempt > seen && state.last.digest === digest;
}

async function isTaken(state: ChunkState | undefined, { owner, leases }: Claimant): Promise<boolean> {
  return (
    state?.last.event === 'claimed' && state.last.owner !== owner && (await leases.holds(state.last.owner))
  );
}
