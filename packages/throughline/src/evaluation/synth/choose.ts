import { type Candidate, MOST_RELEVANT } from './candidates.ts';
import { asQuery, type Unfit, unfit } from './telling.ts';

export type LeftOut = Unfit | 'shared' | 'repeated' | 'unwritable';

export interface Choice {
  chosen: Candidate[];
  /** Why others that were looked at are no queries. */
  leftOut: Record<LeftOut, number>;
}

/** The first `wanted` candidates that are fit to be asked. */
export async function choose(candidates: AsyncIterable<Candidate>, wanted: number): Promise<Choice> {
  const leftOut: Choice['leftOut'] = { short: 0, long: 0, shared: 0, repeated: 0, unwritable: 0 };
  const chosen = new Map<string, Candidate>();
  for await (const { text, recordIds } of candidates) {
    const query = asQuery(text);
    const key = query.toLowerCase();
    const why = reason(query, recordIds, chosen.has(key));
    if (why !== undefined) leftOut[why]++;
    else chosen.set(key, { text: query, recordIds });
    if (chosen.size === wanted) break;
  }
  return { chosen: [...chosen.values()], leftOut };
}

function reason(query: string, recordIds: readonly string[], isKnown: boolean): LeftOut | undefined {
  if (recordIds.length > MOST_RELEVANT) return 'shared';
  // In a line of qrels.tsv.
  if (recordIds.some((id) => /[\t\r\n]/.test(id) || id === '')) return 'unwritable';
  return unfit(query) ?? (isKnown ? 'repeated' : undefined);
}
