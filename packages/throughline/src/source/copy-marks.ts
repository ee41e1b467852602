/** What a source that is followed knows of the runs that read it as a whole: those write over what the stream has published meanwhile. */

/** A run that has published chunks of the source as it was when the stream stood there. */
export interface Copy {
  run: string;
  stream: string;
  position: number;
}

export interface Copies {
  /** Of runs that are over, and since which not all changes were given once more. */
  pending(stream: string): Promise<readonly Copy[]>;
  /** All changes since were given once more, and are committed. */
  consumed(copies: readonly Copy[]): Promise<void>;
  /** Whether a run has published all that there was. */
  isWhole(stream: string): Promise<boolean>;
}

/** Remembered as a position beside that of the stream: where it stood when the last run began that has published all that there was. */
export const whole = (stream: string) => `${stream}/whole`;

/** Whether the name is that, and of no stream. */
export function isMark(name: string): boolean {
  return name.endsWith('/whole');
}
