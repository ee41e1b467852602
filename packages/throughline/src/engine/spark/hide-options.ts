/** Spark writes the statements of a session into its pages and its log of events, and options may be passwords. */
import type { SparkSession } from './cluster.ts';

const HIDDEN = 'spark.sql.redaction.string.regex';
/** Where Spark looks when nobody has made that setting. */
const OTHERWISE = 'spark.redaction.string.regex';
/** All that follows in a statement, and addresses of databases, which errors name. */
const OPTIONS = '(?s:\\bOPTIONS \\(.*)|\\bjdbc:[^\\s\'"]+';

/** From now on Spark hides the options of a reader, beside what the cluster hides already. */
export async function hideOptions({ settings, set }: Pick<SparkSession, 'settings' | 'set'>): Promise<void> {
  // Not by SET: its answer is redacted too, a pattern that names passwords would not come back as it is.
  const made = await settings();
  const theirs = made.get(HIDDEN) || made.get(OTHERWISE);
  if (theirs?.includes(OPTIONS)) return;
  await set({ [HIDDEN]: theirs ? `${OPTIONS}|${theirs}` : OPTIONS });
}
