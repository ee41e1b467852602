import type { Selection } from './pending.ts';
import type { Step } from './steps.ts';

/** What is asked of a run beside its config. */
export interface RunOptions extends Selection {
  sample?: number | undefined;
  only?: Step | undefined;
  skipThemes?: boolean | undefined;
  /** Columns of the source that have changed are the right ones from now on. */
  acceptSchema?: boolean | undefined;
  /** Beside a stream: chunks of the newest windows before those of older ones, and none that was copied since the stream was begun. */
  history?: boolean | undefined;
  /** Goes on with what comes, until it is stopped: of a source that tells its changes. */
  follow?: boolean | undefined;
  /** Ids of dead letters of a stream, whose newest messages are read once more before it goes on. */
  again?: readonly string[] | undefined;
}
