/** Of each text, the sentence whose meaning is nearest to the question. */
import type { Highlight } from './highlight.ts';
import { dot, normalised } from './mmr.ts';
import type { QueryModel } from './query-model.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Of one text; the rest of a text without any end of a sentence tells nobody more than the text. */
const MOST_SENTENCES = 32;

/** All sentences are embedded at once. Undefined for a text that is one sentence: it is the nearest. */
export async function closestSentences(
  model: QueryModel,
  question: Float32Array,
  texts: readonly string[],
): Promise<Highlight[]> {
  const sentences = texts.map(sentencesOf);
  const all = sentences.flatMap((spans, i) =>
    spans.length > 1 ? spans.map((span) => cut(texts[i]!, span)) : [],
  );
  const vectors = all.length === 0 ? new Float32Array() : await model.passages(all);
  const dimension = question.length;
  let next = 0;
  return sentences.map((spans) => {
    if (spans.length <= 1) return spans[0] ?? { start: 0, end: 0 };
    const scores = spans.map(() => {
      const vector = vectors.subarray(next * dimension, ++next * dimension);
      return dot(question, normalised(vector));
    });
    return spans[scores.indexOf(Math.max(...scores))]!;
  });
}

function cut(text: string, { start, end }: Highlight): string {
  return text.slice(start, end);
}

/** Without the white space around them. */
function sentencesOf(text: string): Highlight[] {
  const spans: Highlight[] = [];
  for (const { segment, index } of segmenter.segment(text)) {
    const start = index + (segment.length - segment.trimStart().length);
    const end = index + segment.trimEnd().length;
    if (end > start) spans.push({ start, end });
    if (spans.length === MOST_SENTENCES) break;
  }
  return spans;
}
