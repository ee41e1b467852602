/** What a set that was made from records is worth, said plainly. */
import type { SearchEvaluation } from '../evaluate-search.ts';
import { FIRST_SENTENCE, type Synthesised } from './synthesise.ts';

type Made = Pick<Synthesised, 'field' | 'overlap'> & { made: readonly unknown[] };

/** Below, the interval of a mean is wider than most differences. */
const FEW = 50;
const MOSTLY = 0.5;
const MOST_WORDS = 0.8;
const SIGNIFICANT = 0.05;

/** Sentences. The evaluation is that of the set itself, where there is an index to ask. */
export function worthOf({ field, overlap, made }: Made, evaluation?: SearchEvaluation): string[] {
  const worth = [
    'It is known-item search: a query is right if the record that it was taken from is found again. Other records that answer as well count as wrong, so compare with it, and do not take its level for quality.',
  ];
  if (overlap.contained >= MOSTLY)
    worth.push(
      `${percent(overlap.contained)} of the queries stand in the text of their record word for word${field === FIRST_SENTENCE ? ', as a first sentence has to' : ''}: the answer contains the question. Every mode finds that easily, keyword search most of all: do not choose a mode by this set.`,
    );
  else if (overlap.words >= MOST_WORDS)
    worth.push(
      `${percent(overlap.words)} of a query's words stand in the text of its record: that favours keyword search. People who look for something do not know its words.`,
    );
  if (made.length < FEW)
    worth.push(`${made.length} queries are few: only great differences can be told from chance.`);
  const difference = evaluation?.differences.find(
    ({ of, to, measure }) => of === 'semantic' && to === 'keyword' && measure === 'ndcg@10',
  );
  if (difference) {
    const { mean, interval, p } = difference;
    const size = `${Math.abs(mean).toFixed(3)} (95 %: ${interval.map((end) => end.toFixed(3)).join(' to ')})`;
    worth.push(
      p >= SIGNIFICANT
        ? `On this set semantic and keyword search differ by ${size} in nDCG@10, which may be chance (p = ${p.toFixed(2)}).`
        : `On this set ${mean < 0 ? 'keyword' : 'semantic'} search is ahead by ${size} in nDCG@10: as much the set's doing as the search's.`,
    );
  }
  worth.push(
    'Judgements by people are worth more: replace queries by real ones from your logs as soon as you have some.',
  );
  return worth;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
