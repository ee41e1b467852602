/** Versions of topics: which topic every passage is in, by one taxonomy. Versions of the themes share them. */
import type { TopicAgreement } from '@throughline/themes';
import { readJson } from '../../lake/json-file.ts';
import type { Lake } from '../../lake/lake.ts';
import { lakePath } from '../../lake/lake-path.ts';
import type { Taxonomy } from './taxonomy.ts';

export interface TopicsManifest {
  version: string;
  build: string;
  passagesVersion: number;
  taxonomy: Taxonomy;
  passages: number;
  /** Passages in a topic. */
  assigned: number;
  /** Texts that thresholds were set on. */
  sample: number;
  /** Over all topics with labelled examples; null where nothing was measured. */
  agreement: TopicAgreement | null;
  /** What a person should look at. */
  warnings: string[];
  /** Milliseconds since 1970 UTC. */
  madeAt: number;
  seconds: number;
}

export function topicsRoot(lake: Lake, version: string): string {
  return lakePath(lake.root, 'topics', version);
}

export function topicAssignmentsRoot(lake: Lake, version: string): string {
  return lakePath(lake.root, 'topic_assignments', version);
}

export function topicsManifestPath(lake: Lake, version: string): string {
  return lakePath(lake.root, 'topics', version, 'manifest.json');
}

export function readTopicsManifest(lake: Lake, version: string): Promise<TopicsManifest | undefined> {
  return readJson<TopicsManifest>(topicsManifestPath(lake, version));
}
