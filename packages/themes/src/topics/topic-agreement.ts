/** Of held-out labelled texts: how well a rule finds the topic that they have. */
export interface TopicAgreement {
  /** Texts with the label. */
  labelled: number;
  /** Of those that were given the topic, the share that have its label; null where none was. */
  precision: number | null;
  /** Of those that have the label, the share that were given the topic. */
  recall: number | null;
  f1: number | null;
}

/**
 * For each topic, a topic below it counting for it, and over all. `given` and `labels`: topics, -1 for none; only texts that are
 * judged. `isLearnt`: topics that have labels; what only phrases give is not judged.
 */
export function topicAgreement(
  given: ArrayLike<number>,
  labels: ArrayLike<number>,
  parents: readonly number[],
  isLearnt: readonly boolean[],
): { topics: (TopicAgreement | null)[]; overall: TopicAgreement } {
  const counts = parents.map(() => ({ given: 0, labelled: 0, right: 0 }));
  const all = { given: 0, labelled: 0, right: 0 };
  for (let item = 0; item < labels.length; item++) {
    const ofLabel = upwards(labels[item]!, parents);
    const ofGiven = upwards(given[item]!, parents);
    for (const topic of ofLabel) counts[topic]!.labelled++;
    for (const topic of ofGiven) counts[topic]!.given++;
    for (const topic of ofGiven) if (ofLabel.includes(topic)) counts[topic]!.right++;
    if (labels[item]! >= 0) all.labelled++;
    if (ofGiven.some((topic) => isLearnt[topic])) all.given++;
    if (ofGiven.includes(labels[item]!)) all.right++;
  }
  return {
    topics: counts.map((count, topic) => (isLearnt[topic] ? agreementOf(count) : null)),
    overall: agreementOf(all),
  };
}

/** A topic and those above it. */
function upwards(topic: number, parents: readonly number[]): number[] {
  const path: number[] = [];
  for (let at = topic; at >= 0; at = parents[at]!) path.push(at);
  return path;
}

function agreementOf({ given, labelled, right }: Record<'given' | 'labelled' | 'right', number>) {
  return {
    labelled,
    precision: given === 0 ? null : right / given,
    recall: labelled === 0 ? null : right / labelled,
    f1: given + labelled === 0 ? null : (2 * right) / (given + labelled),
  };
}
