import type { Config } from '../config/index.ts';
import type { IndexJudgement } from '../evaluation/index.ts';
import type { MeasuredLimit } from './limit.ts';

/** `acceptance.ndcg`, as an index was judged by it. */
export function limitOfJudgement(
  { measures, unmet }: IndexJudgement,
  { min, significance, onMiss }: NonNullable<Config['acceptance']['ndcg']>,
): MeasuredLimit {
  const agreed = [
    ...(min === undefined ? [] : [`>= ${min}`]),
    ...(significance === 0 ? [] : [`not worse than what serves (p < ${significance})`]),
  ];
  return {
    ...{ name: 'ndcg', onMiss, unmet },
    figures: [
      {
        ...{ name: 'ndcg', observed: measures['ndcg@10'] },
        ...{ expected: agreed.join(', '), ok: unmet.length === 0 },
      },
    ],
  };
}
