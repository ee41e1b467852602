/** Spark writes the statements of a session into its pages and its log of events, and options may be passwords. */
import type { SparkSession } from './cluster.ts';

const HIDDEN = 'spark.sql.redaction.string.regex';
/** All that follows in a statement, and addresses of databases, which errors name. */
const OPTIONS = '(?s:\\bOPTIONS \\(.*)|\\bjdbc:[^\\s\'"]+';

/** What `SET` says in place of a value. */
const NOT_SET = '<undefined>';

/** From now on Spark hides the options of a reader, beside what the cluster hides already. */
export async function hideOptions({ rows, set }: Pick<SparkSession, 'rows' | 'set'>): Promise<void> {
  // Asked for by its key, a setting that nobody has made is an error.
  const [setting] = await rows(`SET ${HIDDEN}`);
  const theirs = String(setting?.value ?? NOT_SET);
  if (theirs.includes(OPTIONS)) return;
  await set({ [HIDDEN]: theirs === NOT_SET || theirs === '' ? OPTIONS : `${OPTIONS}|${theirs}` });
}
