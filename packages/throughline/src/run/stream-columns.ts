/** The columns of a source that is followed: looked at when its tables are judged, and kept for the looks after that. */
import { stagedColumns } from '../engine/local/staged-columns.ts';
import { asThroughlineError } from '../error.ts';
import { digestOf } from '../lake/canonical.ts';
import type { Lake } from '../lake/lake.ts';
import { type CheckResult, columnsAfter, schemaChanges } from '../quality/index.ts';
import type { ChangeFeed } from '../source/change-feed.ts';
import { FieldCounts } from '../source/kafka/field-counts.ts';
import { requiredColumns } from '../source/mapping.ts';
import type { SourceColumn } from '../source/source-columns.ts';
import { suggest } from '../suggest.ts';
import { addedText, addsColumns, settleAdded } from './added-columns.ts';
import { changeKeptColumns, type KeptColumns, knownColumns, readKeptColumns } from './known-columns.ts';
import type { Prepared } from './prepare.ts';
import type { RunEffects } from './run-effects.ts';

type AskedFeed = Pick<ChangeFeed, 'columns' | 'speaksForAll'>;

export interface StreamColumns {
  /** For the feed; undefined where it has no fields to count. */
  fields: FieldCounts | undefined;
  /** It is asked from now on. */
  of(feed: AskedFeed): void;
  /** What the source has now, or what was seen last and is not settled, by whichever process; undefined where nothing can be said. */
  look(): Promise<SourceColumn[] | undefined>;
  /** Settles the last look, by what the checks came to; gives what later looks go by, or what was refused. Undefined where there was nothing to say. */
  judged(quality: readonly CheckResult[]): Promise<SourceColumn[] | undefined>;
  /** The feed is asked once more, and not again: what it says is judged by whoever looks next. What fails is told, and never thrown. */
  close(): Promise<void>;
}

/** Of processes that share a source, the one that speaks for all counts and asks; the others go by what it has written down. */
export function openStreamColumns(
  lake: Lake,
  { config, mapping, added }: Prepared,
  { clock, reporter, signal }: RunEffects,
): StreamColumns {
  const { type, topic, value } = config.source;
  const mapped = stagedColumns(config, mapping);
  const required = requiredColumns(config.source, mapped);
  const isChecked = config.quality.some(({ check }) => check === 'schema');
  const fields = type === 'kafka' && value !== 'text' ? new FieldCounts(mapped) : undefined;
  const told = new Set<string>();
  const seen = new Set<string>();
  let feed: AskedFeed | undefined;
  /** What was counted before is counted on. */
  let hasGoneOn = false;
  let unwritten: SourceColumn[] | undefined;
  let looked: SourceColumn[] | undefined;
  const speaks = () => feed !== undefined && (feed.speaksForAll?.() ?? true);
  const goOn = (kept: KeptColumns) => {
    if (!hasGoneOn && kept.counts) fields?.goOn(kept.counts);
    hasGoneOn = true;
    for (const name of [...(kept.seen ?? []), ...(fields?.present() ?? [])]) seen.add(name);
  };
  const change = (of: (kept: KeptColumns) => KeptColumns) =>
    changeKeptColumns(lake, (kept) => {
      if (!fields || !speaks()) return of(kept);
      goOn(kept);
      return { ...of(kept), counts: fields.kept(), seen: [...seen].sort() };
    });
  const tellAbsent = async (counts: FieldCounts) => {
    const { absent, others, messages } = counts.absent((name, there) => suggest(name, there) !== undefined);
    const fresh = absent.filter((name) => required.includes(name) && !told.has(name) && !seen.has(name));
    if (fresh.length === 0) return;
    const before = new Set((await knownColumns(lake))?.map(({ name }) => name));
    for (const name of fresh.filter((one) => !before.has(one)))
      reporter.warning(absentText(name, { topic: topic!, others, messages }));
    for (const name of fresh) told.add(name);
  };
  const count = async (counts: FieldCounts) => {
    goOn(await readKeptColumns(lake));
    await tellAbsent(counts);
  };
  const ask = async () => {
    if (feed === undefined || signal.aborted) return;
    if (!speaks()) {
      // Should it be the one later, it goes on with what the others have counted by then.
      fields?.restart();
      hasGoneOn = false;
      return;
    }
    if (fields) await count(fields);
    const now = await feed.columns();
    unwritten = now ?? unwritten;
    const latest = unwritten;
    await change((kept) => ({ ...kept, ...(latest && { latest }) }));
    if (unwritten === latest) unwritten = undefined;
  };
  /** What a build is made of does not change while it is followed. */
  const settle = async (now: readonly SourceColumn[]) => {
    const late = (await settleAdded(lake, config, { looked: added, now })).filter(
      ({ column }) => !told.has(column),
    );
    for (const { column } of late) told.add(column);
    if (late.length > 0) reporter.warning(addedText(late, 'once the stream is stopped and started again'));
  };
  const warn = (thrown: unknown) => {
    // It is looked again: what cannot be asked now keeps nothing else up.
    if (!signal.aborted)
      reporter.warning(`the columns of the source are not compared: ${asThroughlineError(thrown).message}`);
  };
  return {
    fields,
    of: (opened) => {
      feed = opened;
    },
    async look() {
      await ask().catch(warn);
      looked = unwritten ?? (await readKeptColumns(lake)).latest;
      return looked;
    },
    async judged(quality) {
      const now = looked;
      looked = undefined;
      // What is refused is written down since it was looked at: by now another process may have settled it.
      if (now === undefined || quality.some(isRefusal)) return now;
      const before = await knownColumns(lake);
      if (before && !isChecked) tellMapped(before, now, mapped, reporter);
      if (addsColumns(config) && !quality.some(isFailure)) await settle(now);
      const known = columnsAfter(before, now, clock());
      await change(({ latest, ...kept }) => ({
        ...{ ...kept, known: { at: clock(), columns: known } },
        // It was looked again meanwhile.
        ...(latest && digestOf(latest) !== digestOf(now) && { latest }),
      }));
      if (unwritten === now) unwritten = undefined;
      return known;
    },
    async close() {
      await ask().catch(warn);
      const latest = unwritten;
      await change((kept) => ({ ...kept, ...(latest && { latest }) })).catch(({ message }: Error) =>
        reporter.warning(`what was seen of the columns of the source could not be written down: ${message}`),
      );
      feed = undefined;
    },
  };
}

function isRefusal(result: CheckResult): boolean {
  return result.check === 'schema' && isFailure(result);
}

function isFailure({ status, severity }: CheckResult): boolean {
  return status === 'failed' && severity === 'fail';
}

function absentText(
  name: string,
  { topic, others, messages }: { topic: string; others: readonly string[]; messages: number },
): string {
  const near = suggest(name, others);
  const hint = near === undefined ? '' : ` (did you mean "${near}"?)`;
  return `topic ${topic}: none of ${messages} messages has a field "${name}"${hint}: it is null in all of their records`;
}

/** Where no check says what is to become of it: a mapped field of which changes are known is told. */
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
