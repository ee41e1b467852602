import { type Answer, type Asked, encode, type Item } from './answer.ts';
import type { Spoiled } from './faults.ts';
import { vectorOf } from './vector.ts';

/** What is wrong with the body, and for how many of its texts that makes it useless. */
interface SpoiledBody {
  readonly body: string;
  readonly spoiled: number;
}

/**
 * The right answer made wrong in the given way. `earlier` is what was answered before to another request, if anything
 * was. What concerns one item concerns the one in the middle.
 */
export function spoil(fault: Spoiled, asked: Asked, right: Answer, earlier: Answer | undefined): SpoiledBody {
  const all = asked.texts.length;
  const json = JSON.stringify(right);
  if (fault === 'not-json') return { body: '<html><body>Bad gateway</body></html>', spoiled: all };
  if (fault === 'doubled-body') return { body: json + json, spoiled: all };
  if (fault === 'wrong-model') return whole({ ...right, model: 'another-model' }, all);
  if (fault === 'earlier-answer') return earlierAnswer(right, earlier);
  if (fault === 'shuffled') return whole({ ...right, data: right.data.toReversed() }, 0);
  if (isOfOne(fault)) return oneItem(fault, asked, right);
  return whole({ ...right, data: wrongItems(fault, asked, right.data) }, all);
}

function whole(answer: Answer, spoiled: number): SpoiledBody {
  return { body: JSON.stringify(answer), spoiled };
}

/** Of the same length, or it would be found by its count. */
function earlierAnswer(right: Answer, earlier: Answer | undefined): SpoiledBody {
  if (earlier?.data.length !== right.data.length) return whole(right, 0);
  return whole({ ...right, data: earlier.data }, right.data.length);
}

type OfOne = 'nan' | 'null' | 'zeros' | 'huge';

function isOfOne(fault: Spoiled): fault is OfOne {
  return ['nan', 'null', 'zeros', 'huge'].includes(fault);
}

function oneItem(fault: OfOne, { texts, dimension, encoding }: Asked, right: Answer): SpoiledBody {
  const at = texts.length >> 1;
  const vector = vectorOf(texts[at]!, dimension);
  const embedding = badNumbers(fault, vector, encoding);
  const data = right.data.with(at, { ...right.data[at]!, embedding });
  const body = JSON.stringify({ ...right, data });
  // Python writes NaN into JSON, and then nothing of it can be read.
  const isPythons = fault === 'nan' && encoding === 'float';
  return { body: isPythons ? body.replace('null', 'NaN') : body, spoiled: isPythons ? texts.length : 1 };
}

function badNumbers(
  fault: OfOne,
  vector: Float32Array,
  encoding: Asked['encoding'],
): string | (number | null)[] {
  if (fault === 'zeros') return encode(vector.fill(0), encoding);
  if (fault === 'huge')
    return encode(
      vector.map((value) => value * 1e9),
      encoding,
    );
  if (fault === 'nan') return encode(vector.with(1, Number.NaN), encoding);
  return Array.from(vector, (value, i) => (i === 1 ? null : value));
}

function wrongItems(fault: Spoiled, { dimension, encoding, texts }: Asked, right: readonly Item[]): Item[] {
  const last = right.at(-1)!;
  if (fault === 'one-too-few') return right.slice(0, -1);
  if (fault === 'one-too-many') return [...right, { ...last, index: right.length }];
  if (fault === 'index-twice') return right.with(0, { ...right[0]!, index: right.length > 1 ? 1 : 7 });
  if (fault === 'index-missing') return right.with(0, { ...right[0]!, index: right.length });
  if (fault === 'wrong-dimension')
    return right.map((item, i) => ({
      ...item,
      embedding: encode(vectorOf(texts[i]!, dimension + 1), encoding),
    }));
  return right.map((item) => ({ ...item, embedding: right[0]!.embedding })); // same-vector
}
