/** Something that needs somebody: what happened, where, what it means, and the command that mends it. */
export interface Alert {
  /** Names the trouble over runs: as long as it lasts, it is the same alert. */
  key: string;
  kind:
    | 'run_failed'
    | 'run_killed'
    | 'schedule_failed'
    | 'chunk_failed'
    | 'stream_late'
    | 'quality_failed'
    | 'limit_unmet'
    | 'limit_warns'
    | 'dead_letters'
    | 'index_not_promoted'
    | 'themes_changed'
    | 'test';
  /** What it is about now, such as which chunks: where that changes, it is told again. */
  detail?: string;
  title: string;
  /** What happened, in a sentence or two. */
  happened: string;
  /** What it means for those who use the results. */
  effect: string;
  todo: string;
  /** What to type. */
  command: string;
}

/** What a destination is sent: all that is new, and all that is over, of one run. */
export interface Notice {
  pipeline: string;
  run: string;
  alerts: Alert[];
  /** Titles of alerts that are over. */
  recovered: string[];
}
