/** What a drill breaks, and what it looks at afterwards. */
import type { Alert } from '../../src/alert/alert.ts';
import type { Ran } from '../cli.ts';
import type { Complaint } from '../complaints.ts';
import type { Project } from '../project.ts';

export interface Scenario {
  readonly name: string;
  /** What is broken, as a sentence. */
  readonly broken: string;
  /** What somebody does outside of Throughline before the command; undefined where it is the command alone. */
  readonly mended?: string;
  /** The one command that repairs it, as it is typed. */
  readonly command: string;
  /** Key of the alert's kind that has to come. */
  readonly alert: Alert['kind'];
  /** Exit code of the run that meets it; null where it is killed. */
  readonly exit: number | null;
  /** The model is behind an API on this machine. */
  readonly withApi?: true;
  /** Whether this machine can do it; a reason where it cannot. */
  prepare?(stage: Stage): Promise<string | undefined>;
  /** Breaks it, and runs into it, by these arguments. */
  disturb(stage: Stage, run: readonly string[]): Promise<Ran>;
  /** What `mended` says. */
  mend(stage: Stage): Promise<void>;
}

/** A pipeline that has run well once, over the first of its rows; the rest are to come. */
export interface Stage {
  readonly made: Project;
  /** The whole source, as it should be. */
  readonly source: string;
  /** Its rows; the last `fresh` are those to come. */
  readonly rows: readonly Complaint[];
  readonly fresh: number;
  /** Stops and starts the API of the model. */
  readonly api: { stop(): Promise<void>; start(): Promise<void> } | undefined;
  /** Runs when the drill is over. */
  after(end: () => Promise<unknown>): void;
}

/** What became of it. */
export interface Outcome {
  readonly scenario: Scenario;
  /** Why it could not be done here; then there is nothing else. */
  readonly skipped?: string;
  readonly exit?: number | null;
  readonly alert?: Alert;
  /** Where the rows are while it is broken. */
  readonly rows?: Rows;
  /** What the command came to. */
  readonly repaired?: { exit: number | null; recovered: readonly string[]; rows: Rows; isWhole: boolean };
  readonly seconds?: number;
}

export interface Rows {
  /** Passages in the index that serves. */
  serving: number;
  /** Dead letters of the build, by reason. */
  deadLetters: Record<string, number>;
  /** Rows of chunks that the next run has to do. */
  due: number;
}
