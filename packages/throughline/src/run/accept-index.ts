/** `acceptance.ndcg`: a new index is built, asked the judged queries, and only then promoted, with its build. */
import { type IndexJudgement, judgeIndex } from '../evaluation/index.ts';
import type { Build } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { removeOldVersions } from '../lake/remove-old-versions.ts';
import { buildIndex, hasIndex, type RefreshOptions } from '../search/index.ts';
import type { Prepared } from './prepare.ts';
import type { RunReporter } from './run.ts';
import { productVersion } from './versions.ts';

export interface AcceptOptions extends RefreshOptions {
  reporter: RunReporter;
}

/**
 * Builds the index of the build's passages without promoting it, and judges it. Undefined where the config sets no such
 * limit. Versions that were refused stay like promoted ones: the last two.
 */
export async function acceptIndex(
  lake: Lake,
  build: Build,
  { config, judgements, model, spec }: Prepared,
  options: AcceptOptions,
): Promise<IndexJudgement | undefined> {
  const limit = config.acceptance.ndcg;
  if (limit === undefined || judgements === undefined) return undefined;
  const { reporter, signal, clock } = options;
  const candidate = await buildIndex(lake, build, model, options);
  const { index: current } = await readCurrent(lake);
  const promoted = current !== undefined && (await hasIndex(lake, current)) ? current : undefined;
  const judgement = await judgeIndex({
    lake,
    candidate,
    build: build.info.digest,
    promoted,
    judgements,
    limit,
    model: spec,
    product: await productVersion(),
    signal,
    onAsk: (queries) => reporter.info?.(`Asking ${queries} judged queries ...`),
    warning: reporter.warning,
  });
  if (judgement.unmet.length > 0) await removeOldVersions(lake, { folders: ['indexes'], promoted }, clock());
  return judgement;
}
