import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { openStore, type Store } from '@throughline/delta/store';
import { EXIT, ThroughlineError } from '../error.ts';
import { isAlive } from './owner.ts';

const BEATS_A_LEASE = 6;
/** A beat may be on its way to a store that does not answer: what is left then stands still, and ends by the lease. */
const STOP_MS = 2_000;

export interface Heartbeat {
  /**
   * Aborted, with an OversleptError, when this process wakes up from a halt that was longer than its lease; whoever asks
   * after that gets a new one.
   */
  holding(): AbortSignal;
  stop(): Promise<void>;
}

/** The process was halted for longer than its lease: what it claimed may have been taken over meanwhile. */
export class OversleptError extends ThroughlineError {
  constructor() {
    super('this process was halted for longer than its lease: another run may have taken over', {
      code: 'overslept',
      exitCode: EXIT.tryAgain,
      hint: 'Nothing is lost: what is still free is claimed again.',
    });
    this.name = 'OversleptError';
  }
}

/** Beats several times a lease (ms) for `owner` until it is stopped, or the process ends or is halted. */
export async function startHeartbeat(lakeRoot: string, owner: string, leaseMs: number): Promise<Heartbeat> {
  const workerData = {
    lakeRoot,
    path: leasePath(owner),
    owner,
    everyMs: Math.ceil(leaseMs / BEATS_A_LEASE),
    leaseMs,
  };
  const thread = new Worker(new URL('./heartbeat-thread.ts', import.meta.url), { workerData, execArgv: [] });
  thread.unref();
  // Without its thread a process loses its claims after the lease, and no more than that.
  thread.on('error', () => {});
  let held = new AbortController();
  thread.on('message', () => {
    const before = held;
    held = new AbortController();
    before.abort(new OversleptError());
  });
  const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  return {
    holding: () => held.signal,
    stop: async () => {
      thread.ref(); // else nothing may be left that keeps this process for its end
      thread.postMessage('stop');
      await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false })]);
      await thread.terminate();
    },
  };
}

/** Who still works, as far as can be seen from here. */
export interface Leases {
  /**
   * Whether what `owner` claimed is still its own: false at once for a process of this host that is gone, and false once
   * its heartbeat has been seen to stand still for the lease, be it on another host, halted, or hung.
   */
  holds(owner: string): Promise<boolean>;
  readonly leaseMs: number;
}

export interface LeaseEffects {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  isAlive(owner: string): boolean | undefined;
}

const REAL: LeaseEffects = { now: () => performance.now(), isAlive };

export function watchLeases(lakeRoot: string, leaseMs: number, effects: LeaseEffects = REAL): Leases {
  const store = openStore(lakeRoot);
  const seen = new Map<string, { beat: string; at: number }>();
  return {
    leaseMs,
    holds: async (owner) => {
      if (effects.isAlive(owner) === false) return false;
      const last = seen.get(owner);
      const beat = await readBeat(store, leasePath(owner));
      // A store that does not answer says nothing of the owner: what was seen is seen anew.
      if (beat === undefined) seen.set(owner, { beat: last?.beat ?? '', at: effects.now() });
      if (beat === undefined) return true;
      if (last?.beat === beat) return effects.now() - last.at < leaseMs;
      seen.set(owner, { beat, at: effects.now() });
      return true;
    },
  };
}

/** Empty where there is none; undefined where the store does not say. */
async function readBeat(store: Store, path: string): Promise<string | undefined> {
  try {
    return (await store.read(path)) ?? '';
  } catch {
    return undefined;
  }
}

/** When an owner's heart last beat, by the clock of the store (ms); undefined where it does not beat. */
export async function lastBeat(store: Store, owner: string): Promise<number | undefined> {
  return await store.modified(leasePath(owner));
}

/** An owner's name has characters that no file name can have. */
export function leasePath(owner: string): string {
  return `leases/${createHash('sha256').update(owner).digest('hex').slice(0, 32)}`;
}
