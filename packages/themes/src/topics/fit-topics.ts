import { exemplarsOf } from '../exemplars.ts';
import { random, shuffled } from '../random.ts';
import { gatherRows } from '../rows.ts';
import { rowCount, unitVectors } from '../unit-vectors.ts';
import { bestThreshold, logisticOf, quantilesOf } from './calibrate.ts';
import { type TopicAgreement, topicAgreement } from './topic-agreement.ts';
import { assignTopics, LEVELS, type TopicRule } from './topic-rule.ts';
import { openTopicSearch, type Prototypes } from './topic-similarities.ts';

export interface TopicsRequest {
  dimension: number;
  /** For each topic the one above it, -1 at the top. */
  parents: readonly number[];
  /** Vectors of phrases, and the topic of each. */
  phrases: { vectors: Float32Array; topic: ArrayLike<number> };
  /** A random sample of the texts: vectors, and the topic that a label gives each, `REST` for none, `UNKNOWN` without a label. */
  sample: { vectors: Float32Array; labels: Int32Array };
  /** A threshold that a person has set. */
  thresholds?: readonly (number | undefined)[];
}

export const REST = -1;
export const UNKNOWN = -2;

export interface TopicsFit {
  prototypes: Prototypes;
  rules: TopicRule[];
  /** Null of topics without labelled texts, where nothing was measured. */
  agreement: (TopicAgreement | null)[];
  /** Null where no topic has labelled texts. */
  overall: TopicAgreement | null;
}

/** Of a topic that has phrases alone, a text is nearer than so much of the sample. */
const BACKGROUND = 0.95;
const FOLDS = 5;
/** Fewer labelled texts do not set a threshold. */
const LEAST_LABELLED = 5;

/**
 * Topics that a person has named, from phrases or labelled texts. The prototypes of a topic are its phrases and exemplars of its
 * labelled texts (`exemplarsOf`); those of texts whose label is no topic's stand against them.
 *
 * - Threshold with labels: the best F1 on labelled texts that were held out of the prototypes, in five folds.
 * - Threshold with phrases alone: a text is nearer to the topic than 95 % of the sample is. So one in twenty is in it by chance, and a
 *   topic that is much rarer should get labels, or a threshold of its own.
 * - Agreement: precision, recall and F1 on texts that were held out of both prototypes and thresholds: the thresholds for a
 *   fold are those of the other four.
 *
 * The same input gives the same fit. Memory: two copies of the sample.
 */
export async function fitTopics(request: TopicsRequest): Promise<TopicsFit> {
  const { dimension, parents, thresholds = [] } = request;
  const topics = parents.length;
  const { labels } = request.sample;
  rowCount(request.sample.vectors, dimension);
  const unit = unitVectors(request.sample.vectors, dimension);
  const counts = new Int32Array(topics);
  for (const label of labels) if (label >= 0) counts[label]!++;
  const judged = [...labels.keys()].filter((item) => labels[item] !== UNKNOWN);
  const order = shuffled(judged.length, random(judged.length));
  const foldOf = new Int32Array(judged.length);
  for (const [turn, place] of order.entries()) foldOf[place] = turn % FOLDS;
  const scene: Scene = { ...request, unit, counts, topics };

  const prototypes = await prototypesOf(scene, judged);
  const near = await similarities(prototypes, unit, dimension);
  const background = rulesOfBackground(near, topics, thresholds);
  if (!counts.some((count) => count >= LEAST_LABELLED))
    return { prototypes, rules: background, agreement: parents.map(() => null), overall: null };

  const held = new Float32Array(judged.length * (topics + 1));
  for (let fold = 0; fold < FOLDS; fold++) {
    const own = [...judged.keys()].filter((place) => foldOf[place] === fold);
    const others = judged.filter((_, place) => foldOf[place] !== fold);
    const rows = gatherRows(
      unit,
      dimension,
      own.map((place) => judged[place]!),
    );
    const found = await similarities(await prototypesOf(scene, others), rows, dimension);
    for (const [row, place] of own.entries())
      held.set(found.subarray(row * (topics + 1), (row + 1) * (topics + 1)), place * (topics + 1));
  }
  const given = new Int32Array(judged.length);
  const judgedLabels = judged.map((item) => labels[item]!);
  for (let fold = 0; fold < FOLDS; fold++) {
    const rules = learn(scene, background, held, judgedLabels, (place) => foldOf[place] !== fold);
    const { nearest, isIn } = assignTopics(held, rules);
    for (const place of given.keys())
      if (foldOf[place] === fold) given[place] = isIn[place] ? nearest[place]! : -1;
  }
  const rules = learn(scene, background, held, judgedLabels, () => true);
  const learnt = Array.from(counts, (count) => count >= LEAST_LABELLED);
  const measured = topicAgreement(given, judgedLabels, parents, learnt);
  return { prototypes, rules, agreement: measured.topics, overall: measured.overall };
}

interface Scene extends TopicsRequest {
  unit: Float32Array;
  counts: Int32Array;
  topics: number;
}

/** Phrases, exemplars of the labelled texts among `items`, and of those that are in no topic. */
async function prototypesOf(
  { unit, dimension, phrases, sample, topics }: Scene,
  items: readonly number[],
): Promise<Prototypes> {
  const classes = items.map((item) => (sample.labels[item] === REST ? topics : sample.labels[item]!));
  const isLabelled = classes.some((one) => one < topics);
  const exemplars = isLabelled
    ? await exemplarsOf(gatherRows(unit, dimension, items), dimension, Int32Array.from(classes), topics + 1)
    : { vectors: new Float32Array(0), membership: new Int32Array(0) };
  const vectors = new Float32Array(phrases.vectors.length + exemplars.vectors.length);
  vectors.set(unitVectors(phrases.vectors, dimension));
  vectors.set(exemplars.vectors, phrases.vectors.length);
  const topic = Int32Array.from([...Array.from(phrases.topic), ...exemplars.membership]);
  return { vectors, topic, topics };
}

async function similarities(prototypes: Prototypes, vectors: Float32Array, dimension: number) {
  await using search = await openTopicSearch(prototypes, dimension);
  return await search.find(vectors);
}

function rulesOfBackground(
  near: Float32Array,
  topics: number,
  thresholds: readonly (number | undefined)[],
): TopicRule[] {
  return Array.from({ length: topics }, (_, topic) => {
    const cosines: number[] = [];
    for (let at = topic; at < near.length; at += topics + 1) cosines.push(near[at]!);
    const quantiles = quantilesOf(cosines);
    const threshold = thresholds[topic] ?? quantiles[LEVELS.indexOf(BACKGROUND)]!;
    return { isLearnt: false, threshold, quantiles };
  });
}

/** Rules of topics with labels, by the held-out cosines of the texts that `isUsed`. */
function learn(
  { counts, thresholds = [] }: Scene,
  background: readonly TopicRule[],
  held: Float32Array,
  labels: readonly number[],
  isUsed: (place: number) => boolean,
): TopicRule[] {
  const learnt = background.map((_, topic) => counts[topic]! >= LEAST_LABELLED);
  const open = background.map((rule, topic) => ({
    ...rule,
    isLearnt: learnt[topic]!,
    threshold: learnt[topic] ? -1 : 2,
  }));
  const { nearest, isIn } = assignTopics(held, open);
  const columns = background.length + 1;
  return background.map((rule, topic) => {
    if (!learnt[topic]) return rule;
    const used = labels.map((_, place) => place).filter(isUsed);
    const own = used.filter((place) => isIn[place] && nearest[place] === topic);
    const cosines = own.map((place) => held[place * columns + topic]!);
    const isLabelled = own.map((place) => labels[place] === topic);
    const labelled = used.filter((place) => labels[place] === topic).length;
    const threshold = thresholds[topic] ?? bestThreshold(cosines, isLabelled, labelled) ?? rule.threshold;
    return { ...rule, isLearnt: true, threshold, logistic: logisticOf(cosines, isLabelled) };
  });
}
