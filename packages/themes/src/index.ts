/** Themes from embeddings: vectors in, themes out. */
export { type Agreement, agreement, agreementOfCounts } from './agreement.ts';
export {
  type Assigned,
  type Assigner,
  type AssignOptions,
  assign,
  DEFAULT_VOTERS,
  type Fitted,
  openAssigner,
} from './assign.ts';
export { centroidsOf, themeSums } from './centroids.ts';
export { type CoherenceOptions, coherence, diversity } from './coherence.ts';
export { contentStems } from './content-stems.ts';
export { ThemesError } from './errors.ts';
export { type ExemplarOptions, type Exemplars, exemplarsOf } from './exemplars.ts';
export { type Fit, type FitOptions, type FitProgress, fit, type Level } from './fit.ts';
export { type Graph, type GraphOptions, neighbourGraph } from './graph.ts';
export { hierarchy } from './hierarchy.ts';
export { type Keyword, type KeywordOptions, keywords } from './keywords.ts';
export { type KMeansOptions, kMeans } from './kmeans/k-means.ts';
export { themesByKMeans } from './kmeans/themes-by-k-means.ts';
export { label } from './label.ts';
export { type LayoutOptions, layout, placeAmong } from './layout.ts';
export { type Communities, type LeidenOptions, leiden } from './leiden.ts';
export {
  type Flow,
  type Match,
  type MatchedTheme,
  type MatchOptions,
  matchThemes,
  type Share,
} from './match.ts';
export { type NearestRows, nearestRows } from './nearest-rows.ts';
export {
  DEFAULT_NEIGHBOURS,
  type FoundNeighbours,
  type NeighbourOptions,
  type Neighbours,
  nearestNeighbours,
} from './neighbours.ts';
export { type RepresentativeOptions, representatives } from './representatives.ts';
export { gatherRows } from './rows.ts';
export {
  meanSharedAri,
  type PartialLabels,
  randomSamples,
  type StabilityOptions,
  stability,
} from './stability.ts';
export { type ThemesOfVectors, themesOfLabels } from './themes-of-labels.ts';
export { fitTopics, REST, type TopicsFit, type TopicsRequest, UNKNOWN } from './topics/fit-topics.ts';
export type { TopicAgreement } from './topics/topic-agreement.ts';
export { assignTopics, type TopicAssignments, type TopicRule } from './topics/topic-rule.ts';
export { openTopicSearch, type Prototypes, type TopicSearch } from './topics/topic-similarities.ts';
export { type TrendCounts, type TrendOptions, type TrendPoint, trends } from './trends/trends.ts';
export type { Assignments, SoftVote } from './vote.ts';
