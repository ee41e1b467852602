/** How long a call may take. */
export interface Limits {
  /** Ends the call; what it began on the server is interrupted. The call throws the signal's reason. */
  signal?: AbortSignal;
  /** The same after so many milliseconds, with a TimeoutError. */
  timeoutMs?: number;
}

/** One task or stage more or less. */
export interface Progress {
  stages: StageProgress[];
  /** Tasks that run at the moment. */
  runningTasks: number;
}

export interface StageProgress {
  stage: number;
  tasks: number;
  completedTasks: number;
  inputBytes: number;
  done: boolean;
}

/** For whatever runs on the cluster. */
export interface ExecuteSettings extends Limits {
  /** Names for `session.interrupt({ tag })`: not empty, without commas. */
  tags?: readonly string[];
  /** Called every two seconds or so (`spark.connect.progress.reportInterval`) while something runs. */
  onProgress?: (progress: Progress) => void;
}

/** Both limits as one signal. */
export function limitsOf({ signal, timeoutMs }: Limits): { signal?: AbortSignal } {
  if (timeoutMs === undefined) return signal === undefined ? {} : { signal };
  const timeout = AbortSignal.timeout(timeoutMs);
  return { signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) };
}

/** Throws RangeError for a tag that the server refuses. */
export function checkTag(tag: string): string {
  if (tag === '' || tag.includes(',')) {
    throw new RangeError(`A tag is not empty and has no comma: ${JSON.stringify(tag)}`);
  }
  return tag;
}
