import type { Action, CommitInfo } from './actions.ts';
import { CorruptLogError } from './errors.ts';
import { commitPath } from './log-name.ts';
import type { Store } from './store/store.ts';

/** One commit as it stands in the log. `timestamp` is in milliseconds since the epoch. */
export interface LoggedCommit {
  version: number;
  timestamp: number;
  info: CommitInfo;
  actions: Action[];
}

/** The commit of this version, or undefined when the log does not have it. */
export async function readLoggedCommit(store: Store, version: number): Promise<LoggedCommit | undefined> {
  const path = commitPath(version);
  const text = await store.read(path);
  if (text === undefined) return undefined;
  const actions = parseActions(text, `${store.root}/${path}`);
  const info = commitInfoOf(actions);
  const timestamp = info.inCommitTimestamp ?? info.timestamp ?? (await store.modified(path)) ?? 0;
  return { version, timestamp, info, actions };
}

/** The lines of a commit. Strings are made well-formed: a lone surrogate in JSON breaks other readers. */
export function formatActions(actions: readonly Action[]): string {
  const wellFormed = (_key: string, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value;
  return actions.map((action) => `${JSON.stringify(action, wellFormed)}\n`).join('');
}

/** The actions of a commit's text. A line that is no action is an error, an action of a kind unknown here is not. */
export function parseActions(text: string, where: string): Action[] {
  const actions: Action[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    actions.push(parseAction(line, `${where}, line ${index + 1}`));
  }
  return actions;
}

export function commitInfoOf(actions: readonly Action[]): CommitInfo {
  for (const action of actions) if ('commitInfo' in action) return action.commitInfo;
  return {};
}

function parseAction(line: string, where: string): Action {
  let action: unknown;
  try {
    action = JSON.parse(line);
  } catch (error) {
    throw new CorruptLogError(`${where}: not JSON. The log is damaged; restore the file from a backup.`, {
      cause: error,
    });
  }
  const problem = whatIsWrong(action);
  if (problem !== undefined) throw new CorruptLogError(`${where}: ${problem}.`);
  return action as Action;
}

function whatIsWrong(action: unknown): string | undefined {
  if (!isObject(action)) return 'an action must be an object';
  for (const kind of ['add', 'remove'] as const) {
    if (kind in action && !(isObject(action[kind]) && typeof action[kind].path === 'string')) {
      return `${kind} has no path`;
    }
  }
  const { txn, protocol, metaData } = action;
  if (txn !== undefined) {
    if (!isObject(txn) || typeof txn.appId !== 'string') return 'txn has no appId';
    if (!Number.isSafeInteger(txn.version)) return 'txn.version is not an integer below 2^53';
  }
  if (protocol !== undefined && !(isObject(protocol) && Number.isInteger(protocol.minReaderVersion))) {
    return 'protocol has no minReaderVersion';
  }
  if (metaData !== undefined && !(isObject(metaData) && typeof metaData.schemaString === 'string')) {
    return 'metaData has no schemaString';
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
