/** Puts every passage into a topic of the taxonomy, or into none. */
import { type ColumnBatch, ConcurrentModificationError, type Snapshot, scan } from '@throughline/delta';
import { assignTopics, fitTopics, openTopicSearch, type TopicsFit } from '@throughline/themes';
import type { Config } from '../../config/index.ts';
import type { Build } from '../../lake/build.ts';
import { digestOf } from '../../lake/canonical.ts';
import { replaceJson } from '../../lake/json-file.ts';
import type { Lake } from '../../lake/lake.ts';
import type { ModelSpec } from '../../model/index.ts';
import { isNoise, noisePhrases } from '../noise.ts';
import { readSample } from '../read-sample.ts';
import { topicAssignmentsSchema, topicsSchema } from '../schemas.ts';
import { untilThere } from '../until-there.ts';
import { type Cell, streamTable, writeTable } from '../write-table.ts';
import { embedPhrases } from './embed-phrases.ts';
import type { Taxonomy } from './taxonomy.ts';
import { topicLabels, usedAttributes } from './topic-labels.ts';
import {
  readTopicsManifest,
  type TopicsManifest,
  topicAssignmentsRoot,
  topicsManifestPath,
  topicsRoot,
} from './topics-store.ts';

/** What topics are made of beside the passages. */
export interface Guide {
  taxonomy: Taxonomy;
  /** Of the passages' model: phrases are embedded by it. */
  spec: ModelSpec;
}

export interface TopicsEffects {
  clock: () => number;
  signal: AbortSignal;
  onFit?: (() => void) | undefined;
}

/** Of the taxonomy, the passages and the settings: another file is another version. */
function topicsName({ info, tables }: Build, { taxonomy }: Guide, settings: Config['themes']): string {
  const { sample, stratify, noise } = settings;
  return `${info.digest}-v${tables.passages.version}-${digestOf({ taxonomy, sample, stratify, noise }).slice(0, 8)}`;
}

/**
 * Makes the topics of the build's passages unless they are there, and gives the name of the version. Thresholds are set on the sample of
 * the passages that themes are fitted on. Memory: the sample's texts and vectors, the prototypes, and a batch of passages.
 */
export async function makeTopics(
  lake: Lake,
  build: Build,
  settings: Config['themes'],
  guide: Guide,
  effects: TopicsEffects,
): Promise<string> {
  const version = topicsName(build, guide, settings);
  if (await readTopicsManifest(lake, version)) return version;
  effects.onFit?.();
  try {
    await writeTopics(lake, { version, build, settings, guide }, effects);
  } catch (error) {
    if (!(error instanceof ConcurrentModificationError)) throw error;
    await untilThere(() => readTopicsManifest(lake, version), effects.signal, version);
  }
  return version;
}

interface Making {
  version: string;
  build: Build;
  settings: Config['themes'];
  guide: Guide;
}

async function writeTopics(
  lake: Lake,
  { version, build, settings, guide }: Making,
  { clock, signal }: TopicsEffects,
): Promise<void> {
  const started = clock();
  const { taxonomy, spec } = guide;
  const { passages } = build.tables;
  const noise = noisePhrases(settings.noise);
  const isWanted = (text: string) => !isNoise(text, noise);
  const sample = await readSample(passages, settings, isWanted, usedAttributes(taxonomy));
  const labels = topicLabels(taxonomy, sample.attributes ?? {}, sample.ids.length);
  const phrases = taxonomy.topics.flatMap(({ phrases }, topic) => phrases.map((text) => ({ text, topic })));
  const texts = phrases.map(({ text }) => text);
  const vectors = await embedPhrases(texts, spec, build.info.modelDigest);
  signal.throwIfAborted();
  const fit =
    sample.ids.length === 0
      ? undefined
      : await fitTopics({
          dimension: sample.dimension,
          parents: taxonomy.topics.map(({ parent }) => parent),
          phrases: { vectors, topic: phrases.map(({ topic }) => topic) },
          sample: { vectors: sample.vectors, labels },
          thresholds: taxonomy.topics.map(({ threshold }) => threshold),
        });
  const request = { passages, taxonomy, fit, isWanted, dimension: sample.dimension, signal };
  const sizes = new Map<string | null, number>();
  const batches = counted(assigned(request), sizes);
  const to = topicAssignmentsRoot(lake, version);
  await streamTable(to, topicAssignmentsSchema, 'topic_assignments', batches, clock);
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const rows = topicRows(taxonomy, fit, sizes, total);
  await writeTable(topicsRoot(lake, version), topicsSchema, 'topics', rows, clock);
  const manifest: TopicsManifest = {
    ...{ version, build: build.info.digest, passagesVersion: passages.version, taxonomy },
    ...{ passages: total, assigned: total - (sizes.get(null) ?? 0), sample: sample.ids.length },
    agreement: fit?.overall ?? null,
    warnings: warningsOf(taxonomy, labels, fit),
    madeAt: clock(),
    seconds: (clock() - started) / 1000,
  };
  await replaceJson(topicsManifestPath(lake, version), manifest);
}

interface Assigning {
  passages: Snapshot;
  taxonomy: Taxonomy;
  fit: TopicsFit | undefined;
  isWanted: (text: string) => boolean;
  dimension: number;
  signal: AbortSignal;
}

const ASSIGN_ROWS = 2_048;
const PASSAGE_COLUMNS = ['_chunk', '_passage', '_id', '_text', '_embedding'];

async function* assigned(request: Assigning): AsyncGenerator<ColumnBatch> {
  const { passages, taxonomy, fit, isWanted, dimension, signal } = request;
  // Without a text that says something there is nothing to be in a topic.
  await using search = fit && (await openTopicSearch(fit.prototypes, dimension));
  const idOf = (topic: number) => (topic < 0 ? null : taxonomy.topics[topic]!.id);
  const options = { columns: PASSAGE_COLUMNS, batchRows: ASSIGN_ROWS };
  for await (const { rows, columns } of scan(passages, options)) {
    signal.throwIfAborted();
    const { _chunk, _passage, _id, _text, _embedding } = columns;
    const near = await search?.find(_embedding as Float32Array);
    const found = near && assignTopics(near, fit!.rules);
    const says = (_text as string[]).map((text) => found !== undefined && isWanted(text));
    yield {
      rows,
      columns: {
        ...{ _chunk: _chunk!, _passage: _passage!, _id: _id! },
        _topic: says.map((does, i) => (does && found!.isIn[i] ? idOf(found!.nearest[i]!) : null)),
        _score: says.map((does, i) => (does && found!.nearest[i]! >= 0 ? found!.score[i]! : null)),
        _nearest: says.map((does, i) => (does ? idOf(found!.nearest[i]!) : null)),
      },
    };
  }
}

async function* counted(batches: AsyncIterable<ColumnBatch>, sizes: Map<string | null, number>) {
  for await (const batch of batches) {
    for (const topic of batch.columns._topic as (string | null)[])
      sizes.set(topic, (sizes.get(topic) ?? 0) + 1);
    yield batch;
  }
}

/** A topic's size counts what is in the topics below it. */
function topicRows(
  { topics }: Taxonomy,
  fit: TopicsFit | undefined,
  sizes: ReadonlyMap<string | null, number>,
  total: number,
): Cell[][] {
  const whole = topics.map(({ id }) => sizes.get(id) ?? 0);
  for (let i = topics.length - 1; i >= 0; i--)
    if (topics[i]!.parent >= 0) whole[topics[i]!.parent]! += whole[i]!;
  return topics.map(({ id, name, parent }, i) => {
    const agreement = fit?.agreement[i];
    return [
      ...[id, name, topics[parent]?.id ?? null, BigInt(whole[i]!), total === 0 ? 0 : whole[i]! / total],
      ...[BigInt(sizes.get(id) ?? 0), hasPrototypes(fit, i) ? fit!.rules[i]!.threshold : null],
      ...[agreement ? BigInt(agreement.labelled) : null],
      ...[agreement?.precision ?? null, agreement?.recall ?? null, agreement?.f1 ?? null],
    ];
  });
}

function hasPrototypes(fit: TopicsFit | undefined, topic: number): boolean {
  return fit?.prototypes.topic.includes(topic) ?? false;
}

function warningsOf({ topics }: Taxonomy, labels: Int32Array, fit: TopicsFit | undefined): string[] {
  return topics.flatMap(({ id, examples, phrases }, topic) => {
    if (Object.keys(examples).length === 0 || fit?.agreement[topic]) return [];
    const count = labels.filter((label) => label === topic).length;
    const named = Object.entries(examples).map(([name, some]) => `${name}: ${some.join(', ')}`);
    const effect =
      count === 0 && phrases.length === 0
        ? 'so nothing is in it'
        : 'too few to set its threshold or to measure it';
    return [`${id}: ${count} texts of the sample are its examples (${named.join('; ')}), ${effect}`];
  });
}
