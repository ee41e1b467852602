import type { Action } from './actions.ts';

export interface HistoryEntry {
  version: number;
  timestamp: number;
  operation: string;
  operationParameters?: Record<string, unknown>;
  operationMetrics?: Record<string, string>;
  /** The other keys of `commitInfo`. */
  info: Record<string, unknown>;
}

/** The latest commits, newest first. */
export async function history(_root: string, _limit?: number): Promise<HistoryEntry[]> {
  throw new Error('in progress');
}

export async function readCommit(_root: string, _version: number): Promise<Action[]> {
  throw new Error('in progress');
}
