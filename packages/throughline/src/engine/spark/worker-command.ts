/** The worker as Spark SQL calls it, and what Spark says when it failed. */
import { encodeSettings, type WorkerMode, type WorkerSettings } from './worker/settings.ts';

/**
 * What follows USING in `SELECT TRANSFORM(...)`: a string literal. Spark gives it to `/bin/bash -c` in a folder below which
 * the archives of all its sessions lie, so `folder` is a name that no other session uses (see `executorArchive`). Nothing in
 * the literal can end it, or is an escape. Throws RangeError for a folder of other characters.
 *
 * A worker that fails stops reading. What Spark still has for it is read to its end, because a closed pipe that Spark meets
 * while it writes is all that it then tells, whatever the exit code. Where nobody reads the worker (141), nobody is to write
 * on either.
 */
export function workerCommand<M extends WorkerMode>(
  folder: string,
  mode: M,
  settings: WorkerSettings[M],
): string {
  if (!/^[\w-]+$/.test(folder)) throw new RangeError(`no name of a bundle: ${JSON.stringify(folder)}`);
  const bundle = `./*/${folder}`;
  const worker = `${bundle}/node ${bundle}/lib/worker.mjs ${mode} ${encodeSettings(settings)}`;
  return `'${worker}; c=$?; case $c in 0|141) ;; *) cat >/dev/null ;; esac; exit $c'`;
}

export interface WorkerFailure {
  /** As sysexits, those of the worker; 126 and 127 where it could not start; 128 and a signal's number where it was killed. */
  readonly exitCode: number;
  /** The end of what it wrote there: Spark keeps 2 kB. */
  readonly stderr: string;
}

const FAILURE =
  /Subprocess exited with status (\d+)\. Error: ([\s\S]*?)\.?\s*(?:\n\s+at [\s\S]*|\n+Driver stacktrace:[\s\S]*)?$/;

/** Reads the message of Spark's error; undefined where it is none of a worker. */
export function workerFailure(message: string): WorkerFailure | undefined {
  const [, status, stderr] = FAILURE.exec(message) ?? [];
  return status === undefined ? undefined : { exitCode: Number(status), stderr: stderr!.trim() };
}
