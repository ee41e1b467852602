/** Spark writes the statements of a session into its pages and its log of events, and options may be passwords. */
import type { SparkSession } from './cluster.ts';

const HIDDEN = 'spark.sql.redaction.string.regex';
/** All that follows in a statement, and addresses of databases, which errors name. */
const OPTIONS = '(?s:\\bOPTIONS \\(.*)|\\bjdbc:[^\\s\'"]+';

/** From now on Spark hides the options of a reader, beside what the cluster hides already. */
export async function hideOptions({ session, set }: SparkSession): Promise<void> {
  // A server that does not answer is told of by the next call.
  const theirs = await session.config.get(HIDDEN).catch(() => undefined);
  if (theirs?.includes(OPTIONS)) return;
  await set({ [HIDDEN]: theirs ? `${OPTIONS}|${theirs}` : OPTIONS });
}
