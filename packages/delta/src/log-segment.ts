import { CorruptLogError, TableNotFoundError, VersionNotFoundError } from './errors.ts';
import { LAST_CHECKPOINT, LOG, parseLogName, versionPrefix } from './log-name.ts';
import type { Store } from './store/store.ts';

/** What to read for one version: the newest checkpoint up to it, and the commits after that checkpoint. */
export interface LogSegment {
  version: number;
  checkpoint?: CheckpointFiles;
  /** The first commit to read; `version` is the last. */
  from: number;
}

export interface CheckpointFiles {
  version: number;
  /** Paths below the root, all parts in order. */
  paths: string[];
}

export interface SegmentOptions {
  /** The latest unless given. */
  version?: number | undefined;
  /** What `_last_checkpoint` says: the listing of the latest version may begin there. */
  hint?: number | undefined;
  /** Only checkpoints of earlier versions than this one count. */
  below?: number;
}

/** Finds the segment of a version. A hint may be old or broken: then the whole log is listed. */
export async function logSegment(store: Store, options: SegmentOptions = {}): Promise<LogSegment> {
  const { version, hint, below = Number.POSITIVE_INFINITY } = options;
  if (hint !== undefined && version === undefined) {
    const listed = await listLog(store, hint);
    if (listed.checkpoints.length > 0) return segmentOf(store, listed, undefined);
  }
  const { commits, checkpoints } = await listLog(store, 0);
  const usable = checkpoints.filter((checkpoint) => checkpoint.version < below);
  return segmentOf(store, { commits, checkpoints: usable }, version);
}

export interface Listing {
  /** Versions of the commits in the listing, ascending. */
  commits: number[];
  /** Complete checkpoints, ascending. */
  checkpoints: CheckpointFiles[];
}

export async function listLog(store: Store, from: number): Promise<Listing> {
  const commits: number[] = [];
  const parts = new Map<string, { version: number; parts: number; paths: string[] }>();
  for (const name of await store.list(LOG, versionPrefix(from))) {
    const parsed = parseLogName(name);
    if (parsed?.kind === 'commit') commits.push(parsed.version);
    if (parsed === undefined || parsed.kind === 'commit') continue;
    if (parsed.kind === 'uuid-checkpoint') {
      parts.set(name, { version: parsed.version, parts: 1, paths: [`${LOG}/${name}`] });
      continue;
    }
    const key = `${parsed.version}/${parsed.parts}`;
    const found = parts.get(key) ?? { version: parsed.version, parts: parsed.parts, paths: [] };
    found.paths.push(`${LOG}/${name}`);
    parts.set(key, found);
  }
  const complete = [...parts.values()].filter((found) => found.paths.length === found.parts);
  complete.sort((a, b) => a.version - b.version);
  return { commits, checkpoints: complete.map(({ version, paths }) => ({ version, paths })) };
}

function segmentOf(store: Store, listed: Listing, wanted: number | undefined): LogSegment {
  const { commits, checkpoints } = listed;
  const latest = Math.max(commits.at(-1) ?? -1, checkpoints.at(-1)?.version ?? -1);
  if (latest < 0) throw new TableNotFoundError(store.root);
  const version = wanted ?? latest;
  if (version > latest || version < 0 || !Number.isInteger(version)) {
    throw new VersionNotFoundError(`${store.root} has no version ${version}; its latest is ${latest}.`);
  }
  const checkpoint = checkpoints.findLast((candidate) => candidate.version <= version);
  // Behind a checkpoint that is kept for its own version, commits are cleaned away up to a later one.
  const isCleaned =
    checkpoint !== undefined &&
    checkpoint.version < version &&
    checkpoints.at(-1)!.version > version &&
    !commits.includes(checkpoint.version + 1);
  if (checkpoint !== undefined && !isCleaned) return { version, checkpoint, from: checkpoint.version + 1 };
  if (isCleaned || commits[0] !== 0) {
    if (wanted !== undefined) {
      throw new VersionNotFoundError(
        `Version ${version} of ${store.root} is gone: its log no longer reaches back so far.`,
      );
    }
    throw new CorruptLogError(
      `The log of ${store.root} starts at version ${commits[0]}, without a checkpoint.`,
    );
  }
  return { version, from: 0 };
}

export interface LastCheckpoint {
  version: number;
  /** How many it holds; 0 where nobody has said. */
  actions: number;
}

/** The checkpoint that `_last_checkpoint` names; undefined where it is missing or broken. */
export async function readLastCheckpoint(store: Store): Promise<LastCheckpoint | undefined> {
  const text = await store.read(LAST_CHECKPOINT);
  if (text === undefined) return undefined;
  try {
    const { version, size } = JSON.parse(text) as Record<string, unknown>;
    if (!isCount(version)) return undefined;
    return { version, actions: isCount(size) ? size : 0 };
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
