/** How far themes hold still between random 80 % samples and between seeds; BERTopic beside it. */
import { meanSharedAri, stability } from '../../packages/themes/src/index.ts';
import { type BertopicFit, bertopicFits } from './bertopic.ts';
import { BERTOPIC_RUNS } from './quality.ts';
import type { LabelledSet } from './sets.ts';

export interface SteadinessRow {
  set: string;
  method: string;
  /** Mean ARI of shared passages between all pairs of fits. */
  samplesAri: number;
  seedsAri: number;
}

const RUNS = 5;
const SHARE = 0.8;

export async function steadiness(set: LabelledSet): Promise<SteadinessRow[]> {
  const rows: SteadinessRow[] = [];
  for (const weights of ['cosine', 'umap'] as const) {
    rows.push({
      set: set.name,
      method: weights === 'cosine' ? 'kNN + Leiden' : 'the same, UMAP weights',
      samplesAri: await stability(set.vectors, set.dimension, { runs: RUNS, share: SHARE, weights }),
      seedsAri: await stability(set.vectors, set.dimension, { runs: RUNS, share: 1, weights }),
    });
  }
  const [samples, seeds] = [
    await bertopicFits(set, BERTOPIC_RUNS, SHARE),
    await bertopicFits(set, BERTOPIC_RUNS),
  ];
  if (!samples || !seeds) return rows;
  const ari = (fits: BertopicFit[], labels: 'topics' | 'reduced') =>
    meanSharedAri(fits.map((found) => ({ items: Int32Array.from(found.items), labels: found[labels] })));
  const row = (method: string, labels: 'topics' | 'reduced') => ({
    ...{ set: set.name, method },
    ...{ samplesAri: ari(samples, labels), seedsAri: ari(seeds, labels) },
  });
  // Passages without a topic count as one topic.
  return [...rows, row('BERTopic', 'topics'), row('BERTopic, outliers reduced', 'reduced')];
}
