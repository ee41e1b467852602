/** When a text is in a topic. Data, so that it can be kept beside the prototypes. */
export interface TopicRule {
  /** Whether labelled texts have set the threshold; else the distribution of the sample has, or a person. */
  isLearnt: boolean;
  /** The least cosine to the nearest prototype. */
  threshold: number;
  /** Of a learnt topic: the probability of its label is 1 / (1 + exp(slope * cosine + intercept)). */
  logistic?: { slope: number; intercept: number };
  /** Cosines of the sample at the shares of `LEVELS`. */
  quantiles: number[];
}

/** Shares of the sample that are farther from a topic. */
export const LEVELS = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 1];

/** For each vector its nearest topic, -1 where there is none; whether it is in it; and a score of the nearest in [0, 1]. */
export interface TopicAssignments {
  nearest: Int32Array;
  isIn: Uint8Array;
  score: Float32Array;
}

/**
 * By `near` (as `TopicSearch.find` gives it): the nearest of the topics whose thresholds are met. A learnt topic goes before one that
 * has only phrases, whose cosines are of another scale, and needs to be nearer than the texts that are known to be in no topic. Where no
 * threshold is met, the nearest is that which misses its own by least.
 */
export function assignTopics(near: Float32Array, rules: readonly TopicRule[]): TopicAssignments {
  const columns = rules.length + 1;
  const count = near.length / columns;
  const nearest = new Int32Array(count).fill(-1);
  const isIn = new Uint8Array(count);
  const score = new Float32Array(count);
  for (let item = 0; item < count; item++) {
    const row = near.subarray(item * columns, (item + 1) * columns);
    const rest = row[rules.length]!;
    let best = Number.NEGATIVE_INFINITY;
    for (const [topic, rule] of rules.entries()) {
      if (row[topic] === -1) continue;
      const over = row[topic]! - Math.max(rule.threshold, rule.isLearnt ? rest : -1);
      // Those that are met come first, learnt ones before others, and are compared by their cosines: in [-1, 1].
      const rank = over < 0 ? over - 2 : row[topic]! + (rule.isLearnt ? 4 : 1);
      if (rank <= best) continue;
      best = rank;
      nearest[item] = topic;
      isIn[item] = over < 0 ? 0 : 1;
    }
    if (nearest[item]! >= 0) score[item] = scoreOf(rules[nearest[item]!]!, row[nearest[item]!]!);
  }
  return { nearest, isIn, score };
}

/** The probability of the label where labelled texts were seen, else the share of the sample that is farther from the topic. */
export function scoreOf({ logistic, quantiles }: TopicRule, cosine: number): number {
  if (logistic) return 1 / (1 + Math.exp(logistic.slope * cosine + logistic.intercept));
  const above = quantiles.findIndex((quantile) => quantile >= cosine);
  if (above === -1) return 1;
  if (above === 0) return 0;
  const [low, high] = [quantiles[above - 1]!, quantiles[above]!];
  return LEVELS[above - 1]! + ((LEVELS[above]! - LEVELS[above - 1]!) * (cosine - low)) / (high - low);
}
