import { type HttpResponse, InvalidResponseError, parseJson } from '../http/index.ts';

/**
 * The scores of an answer to `/rerank`, as Cohere (`results`, `relevance_score`), vLLM, Jina and Voyage (`data`) and TEI (a list, `score`) write it, in the
 * order of the texts. Throws InvalidResponseError unless every text has one score, a finite number.
 */
export function readScores({ body }: Pick<HttpResponse, 'body'>, count: number): Float64Array {
  const items = itemsOf(parseJson(body));
  if (items.length !== count)
    throw new InvalidResponseError(`${items.length} scores came for ${count} texts`);
  const scores = new Float64Array(count).fill(Number.NaN);
  for (const item of items) {
    const { index, relevance_score: relevance, score = relevance } = item as Record<string, unknown>;
    const at = Number.isInteger(index) ? (index as number) : -1;
    if (at < 0 || at >= count)
      throw new InvalidResponseError(`there is an index ${String(index)} for ${count} texts`);
    if (!Number.isNaN(scores[at]!)) throw new InvalidResponseError(`the index ${at} comes twice`);
    if (typeof score !== 'number' || !Number.isFinite(score))
      throw new InvalidResponseError(`the score of the text ${at} is no number`);
    scores[at] = score;
  }
  return scores;
}

function itemsOf(answer: unknown): unknown[] {
  const { results, data = results } = (answer ?? {}) as Record<string, unknown>;
  const items = Array.isArray(answer) ? answer : data;
  const isList = Array.isArray(items) && items.every((item) => typeof item === 'object' && item !== null);
  if (!isList) throw new InvalidResponseError('the answer has no list `results`');
  return items;
}
