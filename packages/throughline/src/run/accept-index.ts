/** `acceptance.ndcg`: a new index is asked the judged queries before it is promoted, with its build. */
import type { Config } from '../config/index.ts';
import { type IndexJudgement, judgeIndex } from '../evaluation/index.ts';
import { type Build, existingBuild } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { type IndexManifest, readManifest } from '../search/index.ts';
import type { Prepared } from './prepare.ts';
import type { RunReporter } from './run-effects.ts';
import { productVersion } from './versions.ts';

/** Whether `acceptance.ndcg` decides about the build's index. Not about that of a sample. */
export function isJudged({ acceptance }: Config, build: Build): boolean {
  return acceptance.ndcg !== undefined && build.info.sample === undefined;
}

export interface AcceptOptions {
  signal: AbortSignal;
  reporter: RunReporter;
}

/**
 * Judges an index that is not promoted yet. Undefined where the config sets no such limit, and for a sample: most of what is
 * relevant is not in it.
 */
export async function acceptIndex(
  lake: Lake,
  build: Build,
  candidate: IndexManifest,
  { config, judgements, spec }: Prepared,
  { reporter, signal }: AcceptOptions,
): Promise<IndexJudgement | undefined> {
  const limit = config.acceptance.ndcg;
  if (limit === undefined || judgements === undefined) return undefined;
  if (build.info.sample !== undefined) {
    reporter.info?.('acceptance.ndcg is not measured on a sample');
    return undefined;
  }
  const promoted = await promotedIndex(lake);
  return await judgeIndex({
    lake,
    candidate: candidate.version,
    build: build.info.digest,
    promoted: promoted?.isSample ? undefined : promoted?.version,
    judgements,
    limit,
    model: spec,
    store: config.index.store,
    product: await productVersion(),
    signal,
    onAsk: (queries) => reporter.info?.(`Asking ${queries} judged queries ...`),
    warning: reporter.warning,
  });
}

/** Fewer records are easier to search: nothing is compared with the index of a sample. */
async function promotedIndex(lake: Lake): Promise<{ version: string; isSample: boolean } | undefined> {
  const { index } = await readCurrent(lake);
  const manifest = index === undefined ? undefined : await readManifest(lake, index);
  if (!manifest) return undefined;
  const { info } = await existingBuild(lake, manifest.build);
  return { version: manifest.version, isSample: info.sample !== undefined };
}
