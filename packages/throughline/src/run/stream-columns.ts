/** The columns of a source that is followed: looked at when its tables are judged, and kept for the looks after that. */
import { stagedColumns } from '../engine/local/staged-columns.ts';
import { asThroughlineError } from '../error.ts';
import type { Lake } from '../lake/lake.ts';
import { type CheckResult, columnsAfter, schemaChanges } from '../quality/index.ts';
import type { ChangeFeed } from '../source/change-feed.ts';
import { FieldCounts } from '../source/kafka/field-counts.ts';
import type { SourceColumn } from '../source/source-columns.ts';
import { suggest } from '../suggest.ts';
import { type KeptColumns, knownColumns, readKeptColumns, writeKeptColumns } from './known-columns.ts';
import type { Prepared } from './prepare.ts';
import type { RunEffects } from './run.ts';

export interface StreamColumns {
  /** For the feed; undefined where it has no fields to count. */
  fields: FieldCounts | undefined;
  /** It is asked from now on. */
  of(feed: Pick<ChangeFeed, 'columns'>): void;
  /** What the source has now, or what was seen last and is not settled; undefined where nothing can be said. */
  look(): Promise<SourceColumn[] | undefined>;
  /** Settles the last look, by what the checks came to; gives what later looks go by, or what was refused. Undefined where there was nothing to say. */
  judged(quality: readonly CheckResult[]): Promise<SourceColumn[] | undefined>;
  /** The feed is asked once more, and not again: what it says is judged by whoever looks next. */
  close(): Promise<void>;
}

export async function openStreamColumns(
  lake: Lake,
  { config, mapping }: Prepared,
  { clock, reporter, signal }: RunEffects,
): Promise<StreamColumns> {
  const { type, topic, value } = config.source;
  const mapped = stagedColumns(config, mapping);
  const isChecked = config.quality.some(({ check }) => check === 'schema');
  const { counts, latest: unsettled } = await readKeptColumns(lake);
  const fields = type === 'kafka' && value !== 'text' ? new FieldCounts(mapped, counts) : undefined;
  const told = new Set<string>();
  let feed: Pick<ChangeFeed, 'columns'> | undefined;
  let latest = unsettled;
  const tellAbsent = async () => {
    const { absent, others, messages } = fields!.absent((name, there) => suggest(name, there) !== undefined);
    const fresh = absent.filter((name) => !told.has(name));
    if (fresh.length === 0) return;
    const before = new Set((await knownColumns(lake))?.map(({ name }) => name));
    for (const name of fresh.filter((one) => !before.has(one)))
      reporter.warning(absentText(name, { topic: topic!, others, messages }));
    for (const name of fresh) told.add(name);
  };
  const keep = async (changed: KeptColumns) => {
    const { known } = await readKeptColumns(lake);
    const counts = fields?.kept();
    await writeKeptColumns(lake, { ...(known && { known }), ...changed, ...(counts && { counts }) });
  };
  const look = async () => {
    if (feed === undefined || signal.aborted) return latest;
    try {
      if (fields) await tellAbsent();
      latest = (await feed.columns()) ?? latest;
    } catch (thrown) {
      // It is looked again: what cannot be asked now keeps nothing else up.
      if (!signal.aborted)
        reporter.warning(`the columns of the source are not compared: ${asThroughlineError(thrown).message}`);
    }
    return latest;
  };
  return {
    fields,
    of: (opened) => {
      feed = opened;
    },
    look,
    async judged(quality) {
      if (latest === undefined) return undefined;
      if (quality.some(isRefusal)) {
        await keep({ latest });
        return latest;
      }
      const before = await knownColumns(lake);
      if (before && !isChecked) tellMapped(before, latest, mapped, reporter);
      const known = columnsAfter(before, latest, clock());
      latest = undefined;
      await keep({ known: { at: clock(), columns: known } });
      return known;
    },
    async close() {
      await look();
      feed = undefined;
      await keep(latest ? { latest } : {});
    },
  };
}

function isRefusal({ check, status, severity }: CheckResult): boolean {
  return check === 'schema' && status === 'failed' && severity === 'fail';
}

function absentText(
  name: string,
  { topic, others, messages }: { topic: string; others: readonly string[]; messages: number },
): string {
  const near = suggest(name, others);
  const hint = near === undefined ? '' : ` (did you mean "${near}"?)`;
  return `topic ${topic}: none of ${messages} messages has a field "${name}"${hint}: it is null in all of their records`;
}

/** Where no check says what is to become of it: a mapped field is never null without a word. */
function tellMapped(
  before: readonly SourceColumn[],
  now: readonly SourceColumn[],
  mapped: readonly string[],
  { warning }: RunEffects['reporter'],
): void {
  const wanted = (columns: readonly SourceColumn[]) => columns.filter(({ name }) => mapped.includes(name));
  for (const { change, text } of schemaChanges(wanted(before), wanted(now)))
    if (change !== 'added') warning(`the source has changed: ${text}`);
}
