/** Checks, index and themes of the tables while a stream goes on, and what the ledger is told of its chunks. */
import { openLedger } from '../chunk/ledger.ts';
import { durationMs } from '../config/index.ts';
import { openDeriving, reportChunks } from '../follow/index.ts';
import type { Build } from '../lake/build.ts';
import { readCurrent } from '../lake/lake.ts';
import type { CheckResult } from '../quality/index.ts';
import { conclude } from './conclude.ts';
import { emptyResult, type RunResult } from './result.ts';
import type { RunOptions } from './run.ts';
import type { OpenFeedRun } from './run-feed.ts';
import { tellResult } from './tell.ts';

export interface Derived {
  /** Chunks of which the ledger does not know yet. What is derived of them waits until the batch is over. */
  changed(chunks: ReadonlySet<string>): void;
  /** No batch is under way: all tables have it, or none will get more of it. */
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
  let hasChanged = acceptSchema;
  let isChanging = false;
  const report = async (at: Build) => {
    const chunks = untold;
    untold = new Set();
    try {
      const ledger = await openLedger(lake, at.info.digest);
      return await reportChunks(ledger, at, chunks, { owner, run: runId, clock: { now: clock } });
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
    const { states } = await report(at);
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
      isChanging ||= chunks.size > 0;
    },
    settled() {
      hasChanged ||= isChanging;
      isChanging = false;
    },
    report: async () => void (await report(build)),
    derive: (result) => derive(result, effects.signal, run.started),
    async beside(isWhole, signal) {
      let wasWhole = isWhole();
      const deriving = openDeriving(
        async () => {
          const empty = emptyResult(runId, build);
          hasChanged = false;
          // Ages and times are those of now, and not of a stream that began months ago.
          const derived = await derive(empty, signal, clock()).catch((thrown) => {
            hasChanged = true;
            throw thrown;
          });
          const result = { ...empty, ...derived };
          for (const limit of result.unmet) reporter.warning(`not promoted: ${limit}`);
          await tellResult(lake, prepared.config, { result, killed: [], options: JUDGED }, effects);
        },
        {
          everyMs: durationMs(prepared.config.follow.derive),
          isFirst: wasWhole && (acceptSchema || (await readCurrent(lake)).index === undefined),
          clock,
          warning: (message) => signal.aborted || reporter.warning(message),
        },
      );
      // Another build serves: what takes its place has to have all that it has.
      const { build: serves } = await readCurrent(lake);
      const mayServe = () => serves === undefined || serves === build.info.digest || isWhole();
      const timer = setInterval(() => {
        if (!wasWhole && isWhole()) {
          wasWhole = true;
          deriving.soon();
        }
        if (hasChanged && mayServe()) deriving.ifDue();
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
