import { UnsupportedFeatureError } from './errors.ts';

/** The names of the files in `_delta_log` ("Delta Log Entries", "Checkpoints"). */
export const LOG = '_delta_log';
export const LAST_CHECKPOINT = `${LOG}/_last_checkpoint`;

export type LogName =
  | { kind: 'commit'; version: number }
  | { kind: 'checkpoint'; version: number; part: number; parts: number }
  /** A v2 checkpoint; its name is unique, so that several writers never meet ("UUID-named checkpoint"). */
  | { kind: 'uuid-checkpoint'; version: number };

export function commitPath(version: number): string {
  return `${LOG}/${versionPrefix(version)}.json`;
}

export function checkpointPath(version: number): string {
  return `${LOG}/${versionPrefix(version)}.checkpoint.parquet`;
}

/**
 * Where a file of a v2 checkpoint is, from its URL-encoded `path`. Writers are to give a name alone; a whole path may be
 * that of another table.
 */
export function sidecarPath(path: string): string {
  const name = decodeURIComponent(path);
  if (/[/\\]/.test(name)) {
    throw new UnsupportedFeatureError(`A checkpoint's sidecar with a whole path is not supported: ${path}`);
  }
  return `${LOG}/_sidecars/${name}`;
}

/** What a name of the log stands for; undefined for everything that is neither a commit nor a checkpoint. */
export function parseLogName(name: string): LogName | undefined {
  const match = LOG_NAME.exec(name);
  if (match === null) return undefined;
  const version = Number(match[1]);
  if (match[2] === 'json') return { kind: 'commit', version };
  if (match[5] !== undefined) return { kind: 'uuid-checkpoint', version };
  return { kind: 'checkpoint', version, part: Number(match[3] ?? 1), parts: Number(match[4] ?? 1) };
}

/** Names of log files sort by version because the version is padded to 20 digits. */
export function versionPrefix(version: number): string {
  return String(version).padStart(20, '0');
}

const LOG_NAME =
  /^(\d{20})\.(?:(json)|checkpoint(?:\.(\d{10})\.(\d{10}))?\.parquet|checkpoint\.([0-9a-f-]{36})\.(?:json|parquet))$/;
