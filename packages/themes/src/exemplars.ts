import { type Assigner, type Fitted, openAssigner } from './assign.ts';
import { random, shuffled } from './random.ts';
import { gatherRows } from './rows.ts';
import { sharpnessOf } from './sharpness.ts';
import { sphericalKMeans } from './spherical-k-means.ts';
import { rowCount, unitVectors } from './unit-vectors.ts';
import type { SoftVote } from './vote.ts';

/** A few vectors that stand for each theme: what an assigner needs of a fit. Rows of length 1, theme after theme. */
export interface Exemplars extends Fitted {
  vote: SoftVote;
}

export interface ExemplarOptions {
  /** About so many exemplars at most; a tenth of the vectors where that is less. 2,000 unless told. */
  most?: number;
  threads?: number;
}

const MOST_EXEMPLARS = 2_000;
/** Fewer members to an exemplar gain nothing: measured on banking77 and complaints. */
const MEMBERS_OF_AN_EXEMPLAR = 10;
const LLOYD_STEPS = 3;
/** A theme's members by its centres: to wake a second thread takes longer. */
const SMALL_PRODUCT_THREADS = 1;
/** Measured: from .02 to .05 all are the same to a quarter of a point of AMI; above, broad themes win too much. */
const TEMPERATURE = 0.05;
/** Of the vectors, this share keeps the theme that the fit gave it. */
const AGREEMENT = 0.995;
const CORRECTIONS = 6;
/** One vector in five is held out to calibrate. */
const HELD_OUT = 5;

/**
 * Exemplars from which new vectors get the themes of a fit: the centres of spherical k-means within each theme, and then
 * the vectors that these put into another theme than the fit did, until 99.5 % agree (Hart 1968, condensed nearest
 * neighbours, in batches). Scores are calibrated: exemplars of four fifths of the vectors vote on the last fifth, and the
 * sharpness under which its themes are likeliest is kept. So a score is the probability that the fit would have put such a
 * vector into the theme. The same input gives the same exemplars. Memory: a copy of the vectors.
 */
export async function exemplarsOf(
  vectors: Float32Array,
  dimension: number,
  membership: Int32Array,
  themes: number,
  options: ExemplarOptions = {},
): Promise<Exemplars> {
  rowCount(vectors, dimension);
  const unit = unitVectors(vectors, dimension);
  const all = await condensed({ vectors: unit, membership, themes }, dimension, options);
  const order = shuffled(membership.length, random(membership.length));
  const cut = Math.floor(membership.length / HELD_OUT);
  const part = (kept: Int32Array): Fitted => ({
    vectors: gatherRows(unit, dimension, kept),
    membership: kept.map((item) => membership[item]!),
    themes,
  });
  const held = part(order.slice(0, cut).sort());
  const shown = part(order.slice(cut).sort());
  if (cut === 0) return all;
  const voters = await condensed(shown, dimension, options);
  return { ...all, vote: { ...all.vote, sharpness: await sharpnessOf(voters, held, dimension) } };
}

/** Not calibrated yet. */
async function condensed(fitted: Fitted, dimension: number, options: ExemplarOptions): Promise<Exemplars> {
  const { most = MOST_EXEMPLARS, threads = 0 } = options;
  const size = fitted.membership.length;
  const members = Math.max(MEMBERS_OF_AN_EXEMPLAR, size / most);
  let exemplars = await centres(fitted, dimension, members);
  for (let step = 0; step < CORRECTIONS; step++) {
    const wrong = await wrongItems(exemplars, fitted, dimension, threads);
    if (wrong.length <= (1 - AGREEMENT) * size) break;
    exemplars = joined(exemplars, {
      vectors: gatherRows(fitted.vectors, dimension, wrong),
      membership: Int32Array.from(wrong, (item) => fitted.membership[item]!),
    });
  }
  return exemplars;
}

async function wrongItems(
  exemplars: Exemplars,
  { vectors, membership }: Fitted,
  dimension: number,
  threads: number,
): Promise<number[]> {
  await using assigner: Assigner = await openAssigner(exemplars, dimension, { threads });
  const { theme } = await assigner.assign(vectors);
  return Array.from(membership.keys()).filter((item) => theme[item] !== membership[item]);
}

function joined(a: Exemplars, b: { vectors: Float32Array; membership: Int32Array }): Exemplars {
  const vectors = new Float32Array(a.vectors.length + b.vectors.length);
  vectors.set(a.vectors);
  vectors.set(b.vectors, a.vectors.length);
  return { ...a, vectors, membership: Int32Array.from([...a.membership, ...b.membership]) };
}

/** Centres of each theme, one for about `members` of its vectors, at least one. */
async function centres(
  { vectors, membership, themes }: Fitted,
  dimension: number,
  members: number,
): Promise<Exemplars> {
  const items = Array.from({ length: themes }, (): number[] => []);
  for (const [item, theme] of membership.entries()) items[theme]!.push(item);
  let exemplars: Exemplars = {
    ...{ vectors: new Float32Array(0), membership: new Int32Array(0), themes },
    vote: { temperature: TEMPERATURE, sharpness: 1 },
  };
  for (const [theme, own] of items.entries()) {
    if (own.length === 0) continue;
    const count = Math.max(1, Math.round(own.length / members));
    const found = await centresOf(gatherRows(vectors, dimension, own), dimension, count);
    exemplars = joined(exemplars, { vectors: found, membership: new Int32Array(count).fill(theme) });
  }
  return exemplars;
}

/** From evenly spaced rows. */
function centresOf(rows: Float32Array, dimension: number, count: number): Promise<Float32Array> {
  const size = rows.length / dimension;
  const starts = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * size) / count));
  const options = { steps: LLOYD_STEPS, threads: SMALL_PRODUCT_THREADS };
  return sphericalKMeans(rows, dimension, gatherRows(rows, dimension, starts), options);
}
