/**
 * A fit: themes of a bounded sample that depends on content alone, named after those before. Memory: the sample's vectors and texts
 * (20,000 x 384 floats are 31 MB).
 */
import type { Snapshot } from '@throughline/delta';
import {
  type Exemplars,
  exemplarsOf,
  fit,
  gatherRows,
  layout,
  placeAmong,
  type ThemesOfVectors,
  themesByKMeans,
  themesOfLabels,
} from '@throughline/themes';
import type { Lake } from '../lake/lake.ts';
import { type FitSettings, type FoundTheme, readMembers, type ThemeFit, writeFit } from './fit-store.ts';
import { groupsOfLevels } from './groups.ts';
import { identify, memberCounts } from './identity.ts';
import { isNoise, noisePhrases } from './noise.ts';
import { claimNumbers } from './numbers.ts';
import type { PreviousThemes } from './previous.ts';
import { type GivenLabel, labelsOf, type ThemesProgram } from './program.ts';
import { radiiOf } from './radius.ts';
import { readSample, type Sample } from './read-sample.ts';
import { rowsOf } from './table-rows.ts';

export interface FitRequest {
  name: string;
  build: string;
  passages: Snapshot;
  settings: FitSettings;
  modelDigest: string;
  /** Of method `command`. */
  program: ThemesProgram | undefined;
  /** What the themes are called after. */
  previous: PreviousThemes | undefined;
  clock: () => number;
  signal: AbortSignal;
}

/** A fit with the sample that it was made of, also of texts that a program has put into no theme. */
export interface FreshFit {
  fit: ThemeFit;
  sample: Sample;
}

/** Finds themes and keeps the fit. Texts without content are left out. */
export async function fitThemes(lake: Lake, request: FitRequest): Promise<FreshFit> {
  const { name, build, passages, settings, modelDigest, previous, clock, signal } = request;
  const phrases = noisePhrases(settings.noise);
  const isWanted = (text: string) => !isNoise(text, phrases);
  const whole = await readSample(passages, settings, isWanted, [], settings.order);
  const { sample, ...found } = await foundIn(whole, request);
  signal.throwIfAborted();
  const { membership, themes, centroids, levels, centres, labels } = found;
  const { vectors, ids, hashes, dimension } = sample;
  const now = clock();
  const identified = await identify(
    { ids, hashes, membership, themes, groups: groupsOfLevels(levels), centroids, dimension, modelDigest },
    previous,
    {
      claim: (born, what) => {
        const owner = `fit ${name} after ${previous?.version}`;
        return claimNumbers(lake, born, what === 'themes' ? owner : `${owner}: groups`);
      },
      now: BigInt(Math.round(now)) * MICROS_OF_MS,
    },
  );
  const sampled = memberCounts(membership, themes);
  const radii = radiiOf(vectors, dimension, membership, themes);
  const named = identified.themes.map(
    (identity, theme): FoundTheme => ({
      ...identity,
      ...(labels && { given: labels[theme]! }),
      centroid: centroids.slice(theme * dimension, (theme + 1) * dimension),
      sampled: sampled[theme]!,
      radius: radii[theme]!,
    }),
  );
  const exemplars =
    themes === 0
      ? NO_EXEMPLARS
      : centres
        ? {
            ...NO_EXEMPLARS,
            vectors: centres,
            membership: Int32Array.from({ length: themes }, (_, i) => i),
            themes,
          }
        : await exemplarsOf(vectors, dimension, membership, themes);
  const positions = await positionsOf(lake, sample, request);
  const placed =
    themes === 0 ? positions : await placeAmong(exemplars.vectors, dimension, vectors, positions);
  const made: ThemeFit = {
    ...{ name, build, passagesVersion: passages.version, modelDigest, settings, dimension },
    ...{
      passages: rowsOf(await passages.files()),
      madeAt: now,
      themes: named,
      groups: identified.groups,
      vote: exemplars.vote,
    },
    ...(identified.lineage && { lineage: identified.lineage }),
  };
  const members = { hashes: sample.hashes, membership, positions };
  await writeFit(lake, made, { exemplars: { ...exemplars, positions: placed }, members }, clock);
  return { fit: made, sample: whole };
}

/** On the map of the fit before, if it was of the same model: what people know stays where it was. */
async function positionsOf(
  lake: Lake,
  { hashes, vectors, dimension }: Sample,
  { previous, modelDigest, settings }: FitRequest,
): Promise<Float32Array> {
  if (hashes.length === 0) return new Float32Array(0);
  const isAlike = previous?.fit !== undefined && previous.modelDigest === modelDigest;
  const before = isAlike ? await readMembers(lake, previous.fit!) : undefined;
  const start =
    before &&
    Float32Array.from(
      hashes.flatMap((hash) => {
        const { x, y } = before.get(hash) ?? { x: Number.NaN, y: Number.NaN };
        return [x, y];
      }),
    );
  return layout(vectors, dimension, { seed: settings.seed, ...(start && { start }) });
}

/** With the texts that have a theme: all of them but for those that a program leaves out. */
async function foundIn(
  sample: Sample,
  { settings, program, signal }: FitRequest,
): Promise<Found & { sample: Sample }> {
  if (sample.ids.length === 0) return { ...NO_THEMES, sample };
  if (program === undefined) return { ...(await findThemes(sample, settings)), sample };
  const labels = await labelsOf(program, sample, signal);
  const rows = [...labels.keys()].filter((row) => labels[row] !== null);
  if (rows.length === 0) return { ...NO_THEMES, sample: rowsOfSample(sample, rows) };
  const labelled = rowsOfSample(sample, rows);
  const given = rows.map((row) => labels[row]!);
  return { ...themesOfLabels(labelled.vectors, sample.dimension, given), levels: [], sample: labelled };
}

function rowsOfSample({ ids, hashes, texts, vectors, dimension }: Sample, rows: readonly number[]): Sample {
  const of = (values: readonly string[]) => rows.map((row) => values[row]!);
  return {
    ...{ ids: of(ids), hashes: of(hashes), texts: of(texts), dimension },
    vectors: gatherRows(vectors, dimension, rows),
  };
}

async function findThemes(
  { vectors, dimension, ids }: Sample,
  { method, count, seed }: FitSettings,
): Promise<Found> {
  if (method === 'leiden' || count === 'auto') {
    const { groups, ...found } = await fit(vectors, dimension, { count, seed });
    return { ...found, levels: groups };
  }
  return { ...themesByKMeans(vectors, dimension, { count: Math.min(count, ids.length), seed }), levels: [] };
}

interface Found extends ThemesOfVectors {
  /** For each theme its group, from coarse to fine. */
  levels: Int32Array[];
  /** Of k-means: what passages are compared with. */
  centres?: Float32Array;
  /** Of a program: what it calls each theme. */
  labels?: GivenLabel[];
}

const NO_THEMES: Found = {
  levels: [],
  membership: new Int32Array(0),
  themes: 0,
  centroids: new Float32Array(0),
};
const NO_EXEMPLARS: Exemplars = {
  ...{ vectors: new Float32Array(0), membership: new Int32Array(0), themes: 0 },
  vote: { temperature: 1, sharpness: 1 },
};
const MICROS_OF_MS = 1_000n;
