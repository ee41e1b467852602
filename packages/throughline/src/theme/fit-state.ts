/** Which fit the promoted themes are of, and what a run would do with it: read off manifests, without looking at passages. */
import type { Config } from '../config/index.ts';
import type { Build } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import type { ThemesProgram } from './program.ts';
import { decideFit, driftOf, type FitDecision } from './refit-policy.ts';
import { asTheyWere, otherThan, promotedBase } from './refresh.ts';
import { rowsOf } from './table-rows.ts';

export interface FitState {
  version: string;
  /** ISO 8601, UTC. */
  fittedAt: string;
  /** Why the promoted version was fitted, or not. */
  decision: FitDecision;
  /** Passages that came since the fit, as far as they are assigned. */
  since: number;
  /** Share of them, above what is usual, that are unlike all themes; null for too few. */
  drift: number | null;
}

/** Undefined where there are no themes, or those of a time at which fits were not kept. */
export async function fitState(lake: Lake): Promise<FitState | undefined> {
  const base = await promotedBase(lake);
  if (!base) return undefined;
  const { version, decision, sinceFit = { passages: 0, far: 0 } } = base.manifest;
  return {
    version,
    fittedAt: new Date(base.fit.madeAt).toISOString(),
    decision: decision!,
    since: sinceFit.passages,
    drift: driftOf({ since: sinceFit }) ?? null,
  };
}

/** What a run would decide by the passages that are there: chunks that are due may change it. */
export async function plannedFit(
  lake: Lake | undefined,
  build: Build | undefined,
  settings: Config['themes'],
  { program, now }: { program: ThemesProgram | undefined; now: number },
): Promise<FitDecision> {
  const base = lake && (await promotedBase(lake));
  if (!base || !build)
    return {
      refit: true,
      reason: base ? 'settings' : 'first',
      why: base ? 'the tables are of another build' : 'there are none',
    };
  const other = otherThan(base, build, settings, program);
  if (other) return other;
  const kept = asTheyWere(base, build.tables.passages);
  if (kept) return kept;
  const since = base.manifest.sinceFit ?? { passages: 0, far: 0 };
  const growth = Math.abs(rowsOf(await build.tables.passages.files()) / base.fit.passages - 1);
  return decideFit({ growth, since, age: now - base.fit.madeAt }, settings.refit);
}
