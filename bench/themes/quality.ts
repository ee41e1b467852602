/** Themes against labels that people gave, and their keywords; BERTopic on the same vectors. */
import { agreement, coherence, diversity, fit, keywords, label } from '../../packages/themes/src/index.ts';
import { type BertopicFit, bertopicFits } from './bertopic.ts';
import type { LabelledSet } from './sets.ts';

export interface QualityRow {
  set: string;
  method: string;
  passages: number;
  classes: number;
  themes: number;
  unassigned: number;
  nmi: number;
  ami: number;
  /** Of ten keywords a theme. It falls as themes get more: compare it at similar numbers of themes. */
  npmi?: number;
  diversity?: number;
  /** Of the words that our `keywords` finds for the themes, whoever found those: how coherent the themes are, not the choice of words. */
  npmiOfWords?: number;
}

export const BERTOPIC_RUNS = 3;
const KEYWORDS = 10;

export async function quality(set: LabelledSet): Promise<QualityRow[]> {
  const theirs = (await bertopicFits(set, BERTOPIC_RUNS)) ?? [];
  const rows = [
    await ours(set, 'auto', 'cosine', 'kNN + Leiden'),
    await ours(set, 'auto', 'umap', 'the same, UMAP weights'),
  ];
  if (theirs.length === 0) return rows;
  const plain = best(theirs.map((found) => ofBertopic(set, found)));
  const reduced = best(theirs.map((found) => scored(set, 'BERTopic, outliers reduced', found.reduced)));
  const asMany = await ours(set, plain.themes, 'cosine', 'kNN + Leiden, as many themes as BERTopic');
  return [...rows, asMany, plain, reduced];
}

async function ours(
  set: LabelledSet,
  count: 'auto' | number,
  weights: 'cosine' | 'umap',
  method: string,
): Promise<QualityRow> {
  const { membership, themes } = await fit(set.vectors, set.dimension, { count, weights });
  const found = keywords(
    set.texts.map((text, i) => ({ text, theme: membership[i]! })),
    themes,
    { top: KEYWORDS },
  );
  console.error(`themes: ${set.name}, ${method}: ${found.slice(0, 6).map(label).join('; ')}`);
  const terms = found.map((theme) => theme.map(({ term }) => term));
  return { ...scored(set, method, membership), ...described(set, terms, membership) };
}

function ofBertopic(set: LabelledSet, found: BertopicFit): QualityRow {
  return { ...scored(set, 'BERTopic', found.topics), ...described(set, found.keywords, found.topics) };
}

function scored(set: LabelledSet, method: string, topics: ArrayLike<number>): QualityRow {
  const { ami, nmi } = agreement(topics, set.labels);
  const given = Array.from(topics).filter((topic) => topic >= 0);
  return {
    ...{ set: set.name, method, passages: set.labels.length, classes: new Set(set.labels).size },
    themes: new Set(given).size,
    unassigned: 1 - given.length / set.labels.length,
    ...{ nmi, ami },
  };
}

/** Words as BERTopic has them (of scikit-learn's CountVectorizer), for both: none of its keywords is missing in the texts. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];
}

function described(
  set: LabelledSet,
  terms: readonly string[][],
  topics: ArrayLike<number>,
): Pick<QualityRow, 'npmi' | 'diversity' | 'npmiOfWords'> {
  const given = set.texts.flatMap((text, i) => (topics[i]! >= 0 ? [{ text, theme: topics[i]! }] : []));
  const words = keywords(given, terms.length, { top: KEYWORDS, ngrams: 1 });
  const split = terms.map((theme) => theme.slice(0, KEYWORDS).map((term) => wordsOf(term).join(' ')));
  return {
    npmi: meanNpmi(set.texts, split),
    diversity: diversity(split),
    npmiOfWords: meanNpmi(
      set.texts,
      words.map((theme) => theme.map(({ term }) => term)),
    ),
  };
}

function meanNpmi(texts: readonly string[], terms: readonly string[][]): number {
  const values = coherence(texts, terms, { wordsOf }).filter((value) => value !== null);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Its fits differ, and it is the best that counts: where texts are long, some have two topics only. */
function best(rows: QualityRow[]): QualityRow {
  return rows.reduce((most, row) => (row.ami > most.ami ? row : most));
}
