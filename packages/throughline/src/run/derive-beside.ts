/** Checks, index and themes of the tables while a stream goes on, and what the ledger is told of its chunks. */
import { openLedger } from '../chunk/ledger.ts';
import { durationMs } from '../config/index.ts';
import { openDeriving, openNews, reportChunks } from '../follow/index.ts';
import { asOfNow, type Build } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import type { CheckResult } from '../quality/index.ts';
import { conclude } from './conclude.ts';
import { isDerived } from './is-derived.ts';
import { emptyResult, type RunResult } from './result.ts';
import type { OpenFeedRun } from './run-feed.ts';
import type { RunOptions } from './run-options.ts';
import { tellResult } from './tell.ts';

export interface Derived {
  /** Chunks of which the ledger does not know yet. What is derived of them waits until the batch is over. */
  changed(chunks: ReadonlySet<string>): void;
  /** No batch of this process is under way. */
  settled(): void;
  /** Tells the ledger. */
  report(): Promise<void>;
  /** Of the tables as they are now; gives what the result of the run gets of it. */
  derive(result: RunResult): Promise<Partial<RunResult>>;
  /** Looks every second whether something has changed and it is time, until it is closed. `signal` ends what is under way. */
  beside(isWhole: () => boolean, signal: AbortSignal): Promise<AsyncDisposable>;
}

const LOOK_MS = 1_000;
/** What has no run of its own tells as the step that judges tables: of chunks that failed it knows what the ledger does. */
const JUDGED: RunOptions = { only: 'check' };

export function openDerived(run: OpenFeedRun): Derived {
  const { lake, prepared, owner, runId, build, effects, columns } = run;
  const { clock, reporter } = effects;
  let untold = new Set<string>();
  // What changes after the next look is not accepted yet, whether that has something to say or not.
  let acceptSchema = run.options.acceptSchema === true;
  const news = openNews(acceptSchema);
  const report = async () => {
    const chunks = untold;
    untold = new Set();
    try {
      const ledger = await openLedger(lake, build.info.digest);
      // Others may have told of what they changed since the last batch, and then their word is the newer one.
      const by = { owner, run: runId, clock: { now: clock } };
      return await reportChunks(ledger, await asOfNow(build), chunks, by);
    } catch (error) {
      untold = new Set([...chunks, ...untold]);
      throw error;
    }
  };
  const judged = async (quality: readonly CheckResult[]) => {
    const known = await columns.judged(quality);
    acceptSchema = false;
    return known;
  };
  const derive = async (result: RunResult, signal: AbortSignal, started: number) => {
    // The stream goes on meanwhile.
    const at: Build = { ...build, tables: { ...build.tables } };
    const { states } = await report();
    const published = {
      ...{ build: at, statesOf: async () => states, isComplete: true, left: 0 },
      columns: { look: columns.look, judged },
    };
    return await conclude(lake, prepared, published, {
      ...{ ...run, started },
      options: { ...run.options, acceptSchema },
      effects: { ...effects, signal },
      result,
    });
  };
  return {
    changed(chunks) {
      for (const chunk of chunks) untold.add(chunk);
      if (chunks.size > 0) news.changed();
    },
    settled: news.settled,
    report: async () => void (await report()),
    derive: (result) => derive(result, effects.signal, run.started),
    async beside(isWhole, signal) {
      let wasWhole = isWhole();
      const { index } = await readCurrent(lake);
      // Who went before may have been stopped between its last batch and what would have been derived of it.
      if (!(await isDerived(lake, build, run.options))) news.giveBack();
      const deriving = openDeriving(
        async () => {
          const empty = emptyResult(runId, build);
          news.taken();
          // Ages and times are those of now, and not of a stream that began months ago.
          const derived = await derive(empty, signal, clock()).catch((thrown) => {
            news.giveBack();
            throw thrown;
          });
          const result = { ...empty, ...derived };
          for (const limit of result.unmet) reporter.warning(`not promoted: ${limit}`);
          await tellResult(lake, prepared.config, { result, killed: [], options: JUDGED }, effects);
        },
        {
          mayServe: async () => isWhole() || (await isOursOrNone(lake, build)),
          everyMs: durationMs(prepared.config.follow.derive),
          isFirst: wasWhole && (acceptSchema || index === undefined),
          clock,
          warning: (message) => signal.aborted || reporter.warning(message),
        },
      );
      const timer = setInterval(() => {
        if (!wasWhole && isWhole()) {
          wasWhole = true;
          deriving.soon();
        }
        if (news.isDue()) deriving.ifDue();
      }, LOOK_MS);
      return {
        async [Symbol.asyncDispose]() {
          clearInterval(timer);
          await deriving.ended();
        },
      };
    },
  };
}

/** Where another build serves, what takes its place has to have all that it has. */
async function isOursOrNone(lake: Lake, { info }: Build): Promise<boolean> {
  const { build } = await readCurrent(lake);
  return build === undefined || build === info.digest;
}
