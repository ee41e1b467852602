import type { AnswerOf } from '../api/index.ts';
import type { FreshReport } from '../search/index.ts';
import type { IndexVersion } from '../search/versions.ts';

export function shownIndex({
  manifest,
  promoted,
  withdrawn,
  faults,
}: IndexVersion): AnswerOf<'index'>['versions'][number] {
  const { version, build, madeAt, ms, passages, base, verification } = manifest;
  return {
    ...{ version, build, passages, promoted, withdrawn, faults },
    madeAt: new Date(madeAt).toISOString(),
    seconds: ms / 1000,
    base: base?.version ?? null,
    verification: verification ?? null,
  };
}

export function shownFreshness(report: FreshReport | undefined): AnswerOf<'index'>['fresh'] {
  if (report === undefined) return null;
  const { version, passages, hidden, newestAt, complete } = report;
  return {
    ...{ tableVersion: version, passages, hidden, complete },
    newestAt: newestAt === null ? null : new Date(newestAt).toISOString(),
  };
}
