/** What is known of a theme when it is named. */
export interface Evidence {
  readonly keywords: readonly string[];
  /** Passages that stand for it, the most central first. Anybody may have written them. */
  readonly texts: readonly string[];
}

export interface Named {
  readonly label: string;
  /** One sentence. */
  readonly description: string;
}
