/** Whether themes are fitted again, or new passages are given the themes that are there. */
import { type Config, durationMs } from '../config/index.ts';

export interface FitDecision {
  refit: boolean;
  reason: 'first' | 'settings' | 'forced' | 'always' | 'drift' | 'growth' | 'schedule' | 'kept' | 'edited';
  /** One line for people. */
  why: string;
}

export interface FitFacts {
  /** By how much the number of passages differs from that at the fit: 0.2 is a fifth more, or less. */
  growth: number;
  /** Passages that came since the fit, and those of them that are far from their theme. */
  since: { passages: number; far: number };
  /** Milliseconds since the fit. */
  age: number;
}

/** Of a theme's own passages so many are far at the fit, by what far means. */
export const FAR_SHARE = 0.05;
/** Fewer new passages than that say nothing about drift. */
const LEAST_JUDGED = 50;

/**
 * Share of the new passages that are farther from the centroid of their theme than 95 % of those that the theme was made of, above
 * the 5 % that would be so without any drift. Not the margin of the votes: of a subject that is new, all neighbours may be in one
 * theme, and agree. Undefined for too few passages.
 */
export function driftOf({ since }: Pick<FitFacts, 'since'>): number | undefined {
  if (since.passages < LEAST_JUDGED) return undefined;
  return Math.max(0, since.far / since.passages - FAR_SHARE);
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

export function decideFit(facts: FitFacts, policy: Config['themes']['refit']): FitDecision {
  const refit = (reason: FitDecision['reason'], why: string) => ({ refit: true, reason, why });
  if (policy === 'always') return refit('always', 'themes.refit is always');
  const drift = driftOf(facts);
  const [count, grown] = [facts.since.passages, percent(facts.growth)];
  if (drift !== undefined && drift > policy.drift)
    return refit(
      'drift',
      `${percent(drift)} of ${count} new passages fit no theme, above ${percent(policy.drift)}`,
    );
  if (facts.growth > policy.growth)
    return refit('growth', `the number of passages has changed by ${grown}, above ${percent(policy.growth)}`);
  if (policy.every !== undefined && facts.age >= durationMs(policy.every))
    return refit('schedule', `the last fit is older than ${policy.every}`);
  const seen = drift === undefined ? 'too few new passages to see drift' : `drift ${percent(drift)}`;
  return { refit: false, reason: 'kept', why: `${seen}, ${grown} more or fewer passages than at the fit` };
}
