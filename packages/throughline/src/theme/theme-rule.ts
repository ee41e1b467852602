/** How a passage gets its theme: by the fit, and by what people have made of it. What one gets does not depend on the others. */
import type { Assigner } from '@throughline/themes';
import { sha256 } from '../mapper/cast.ts';
import type { FitMember, FoundTheme, ThemeFit } from './fit-store.ts';
import { isNoise, NOISE, noisePhrases } from './noise.ts';
import { type Replay, themeAfter, withPins } from './replay-edits.ts';

export interface ThemeRule {
  fit: ThemeFit;
  replay: Replay;
  /** Undefined where the fit has found nothing. */
  assigner: Assigner | undefined;
  phrases: ReadonlySet<string>;
  minScore: number;
  byId: ReadonlyMap<string, FoundTheme>;
  /** `givenMembers` of the fit. */
  given: GivenThemes;
}

type GivenThemes = ReadonlyMap<string, Pick<FitMember, 'theme'>> | undefined;

export function themeRule(
  fit: ThemeFit,
  replay: Replay,
  assigner: Assigner | undefined,
  minScore: number,
  given: GivenThemes,
): ThemeRule {
  const byId = new Map(fit.themes.map((theme) => [theme.id, theme]));
  return { fit, replay, assigner, phrases: noisePhrases(fit.settings.noise), minScore, byId, given };
}

/** Null where there is none. */
export interface Themed {
  found: (string | null)[];
  theme: (string | null)[];
  score: Float32Array;
  margin: Float32Array;
  /** On the map. */
  x: (number | null)[];
  y: (number | null)[];
}

/** `vectors` row-major, a row for each text. */
export async function applyRule(
  rule: ThemeRule,
  texts: readonly string[],
  vectors: Float32Array,
): Promise<Themed> {
  const { fit, replay, assigner } = rule;
  const [score, margin] = [new Float32Array(texts.length), new Float32Array(texts.length)];
  const assigned = await assigner?.assign(vectors);
  const vectorOf = (i: number) => vectors.subarray(i * fit.dimension, (i + 1) * fit.dimension);
  const found = texts.map((text, i) => {
    if (isNoise(text, rule.phrases)) {
      score[i] = margin[i] = 1;
      return NOISE;
    }
    if (!assigned) return null;
    const put = rule.given?.get(sha256(text));
    if (put) {
      score[i] = margin[i] = 1;
      return pinnedOr(rule, put.theme, vectorOf(i));
    }
    score[i] = assigned.score[i]!;
    margin[i] = assigned.margin[i]!;
    return pinnedOr(rule, fit.themes[assigned.theme[i]!]!.id, vectorOf(i));
  });
  const theme = found.map((id, i) => {
    if (id === null || score[i]! < rule.minScore) return null;
    return themeAfter(replay.steps, id, () => vectorOf(i));
  });
  const on = (axis: 0 | 1) =>
    found.map((id, i) => (id === null || id === NOISE ? null : assigned!.positions![i * 2 + axis]!));
  return { found, theme, score, margin, x: on(0), y: on(1) };
}

/** The theme that the fit found, unless a pinned one that it has dissolved is nearer. */
export function pinnedOr({ replay, byId }: ThemeRule, found: string, vector: Float32Array): string {
  const { dissolved } = replay;
  return withPins(found, vector, { dissolved, centroidOf: (id) => byId.get(id)!.centroid });
}
