/** `acceptance.ndcg`: a new index is built, asked the judged queries, and only then promoted, with its build. */
import { type IndexJudgement, judgeIndex } from '../evaluation/index.ts';
import { type Build, existingBuild } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { removeOldVersions } from '../lake/remove-old-versions.ts';
import { buildIndex, type RefreshOptions, readManifest } from '../search/index.ts';
import type { Prepared } from './prepare.ts';
import type { RunReporter } from './run.ts';
import { productVersion } from './versions.ts';

export interface AcceptOptions extends RefreshOptions {
  reporter: RunReporter;
}

/**
 * Builds the index of the build's passages without promoting it, and judges it. Undefined where the config sets no such
 * limit, and for a sample: most of what is relevant is not in it. Versions that were refused stay like promoted ones: the
 * last two.
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
  if (build.info.sample !== undefined) {
    reporter.info?.('acceptance.ndcg is not measured on a sample');
    return undefined;
  }
  const candidate = await buildIndex(lake, build, model, options);
  const promoted = await promotedIndex(lake);
  const judgement = await judgeIndex({
    lake,
    candidate,
    build: build.info.digest,
    promoted: promoted?.isSample ? undefined : promoted?.version,
    judgements,
    limit,
    model: spec,
    product: await productVersion(),
    signal,
    onAsk: (queries) => reporter.info?.(`Asking ${queries} judged queries ...`),
    warning: reporter.warning,
  });
  if (judgement.unmet.length > 0)
    await removeOldVersions(lake, { folders: ['indexes'], promoted: promoted?.version }, clock());
  return judgement;
}

/** Fewer records are easier to search: nothing is compared with the index of a sample. */
async function promotedIndex(lake: Lake): Promise<{ version: string; isSample: boolean } | undefined> {
  const { index } = await readCurrent(lake);
  const manifest = index === undefined ? undefined : await readManifest(lake, index);
  if (!manifest) return undefined;
  const { info } = await existingBuild(lake, manifest.build);
  return { version: manifest.version, isSample: info.sample !== undefined };
}
