/** The topics of the promoted version, for people and programs. */
import { openTable, relation } from '@throughline/delta';
import type { TopicAgreement } from '@throughline/themes';
import { openSession, type Session } from '../../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../../error.ts';
import { existingBuild } from '../../lake/build.ts';
import { type Lake, readCurrent } from '../../lake/lake.ts';
import { readThemesManifest } from '../manifest.ts';
import { themesMissing } from '../open-themes.ts';
import { passagesById, type ThemePassage } from '../passages-by-id.ts';
import { readTopicsManifest, type TopicsManifest, topicAssignmentsRoot, topicsRoot } from './topics-store.ts';

export interface ScoredPassage extends ThemePassage {
  score: number;
}

export interface TopicState {
  /** Names from the top. */
  id: string;
  name: string;
  parent: string | null;
  /** From 0. */
  depth: number;
  /** Passages, with those of the topics below. */
  size: number;
  share: number;
  /** Passages that are in no topic below. */
  own: number;
  /** The least cosine; null where the topic has neither phrases nor examples that were found. */
  threshold: number | null;
  /** On labelled passages that were held out; null where nothing was measured. */
  agreement: TopicAgreement | null;
  nearest: ScoredPassage[];
  /** Just inside, and just outside. */
  borderline: { inside: ScoredPassage[]; outside: ScoredPassage[] };
}

export interface TopicsList {
  /** Of the topics. */
  version: string;
  topics: TopicState[];
  /** Over all topics with labelled examples. */
  agreement: TopicAgreement | null;
  /** Passages in no topic. */
  rest: { passages: number; share: number };
  warnings: string[];
}

/** In the order of the taxonomy. Throws with exit code 66 where there are none. Memory: the topics and some passages of each. */
export async function listTopics(lake: Lake): Promise<TopicsList> {
  const manifest = await promotedTopics(lake);
  if (!manifest)
    throw new ThroughlineError('no taxonomy was given when the themes were made', {
      code: 'taxonomy_missing',
      exitCode: EXIT.noInput,
      hint: 'Name one, themes: { taxonomy: taxonomy.yaml }, and run: throughline run. A draft: throughline themes suggest',
    });
  await using session = await openSession();
  const rows = await topicRows(session, lake, manifest);
  const shown = await shownPassages(session, lake, manifest);
  const depths = new Map<string, number>();
  const topics = manifest.taxonomy.topics.map(({ id }): TopicState => {
    const row = rows.get(id)!;
    const parent = row.parent as string | null;
    depths.set(id, parent === null ? 0 : depths.get(parent)! + 1);
    const of = (place: string) => shown.filter((one) => one.topic === id && one.place === place).map(plain);
    return {
      ...{ id, name: String(row.name), parent, depth: depths.get(id)! },
      ...{ size: Number(row.size), share: Number(row.share), own: Number(row.own) },
      threshold: nullable(row.threshold),
      agreement:
        row.labelled === null
          ? null
          : {
              labelled: Number(row.labelled),
              precision: nullable(row.precision),
              recall: nullable(row.recall),
              f1: nullable(row.f1),
            },
      nearest: of('nearest'),
      borderline: { inside: of('inside'), outside: of('outside') },
    };
  });
  const { version, agreement, passages, assigned, warnings } = manifest;
  const rest = { passages: passages - assigned, share: passages === 0 ? 0 : 1 - assigned / passages };
  return { version, topics, agreement, rest, warnings };
}

/** Undefined where no taxonomy was given. Throws with exit code 66 where there are no themes. */
export async function promotedTopics(lake: Lake): Promise<TopicsManifest | undefined> {
  const { themes } = await readCurrent(lake);
  const manifest = themes === undefined ? undefined : await readThemesManifest(lake, themes);
  if (!manifest) throw themesMissing(lake);
  return manifest.topics === undefined ? undefined : await readTopicsManifest(lake, manifest.topics);
}

const nullable = (value: unknown) => (value === null ? null : Number(value));

async function topicRows(session: Session, lake: Lake, { version }: TopicsManifest) {
  await using all = await relation(await openTable(topicsRoot(lake, version)));
  const rows = await session.query(`SELECT * FROM ${all.sql}`);
  return new Map(rows.map((row) => [String(row.id), row]));
}

interface Shown extends ScoredPassage {
  topic: string;
  place: string;
}

function plain({ passageId, recordId, text, score }: Shown): ScoredPassage {
  return { passageId, recordId, text, score };
}

/** Passages of each topic that are shown: the three nearest, and two on either side of the threshold. */
const SHOWN = `
  SELECT *, 'nearest' AS place, 0 - _score AS rank FROM a WHERE _topic IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY _topic ORDER BY _score DESC, _passage) <= 3
  UNION ALL SELECT *, 'inside', _score FROM a WHERE _topic IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY _topic ORDER BY _score, _passage) <= 2
  UNION ALL SELECT *, 'outside', 0 - _score FROM a WHERE _topic IS NULL AND _nearest IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY _nearest ORDER BY _score DESC, _passage) <= 2`;

async function shownPassages(session: Session, lake: Lake, manifest: TopicsManifest): Promise<Shown[]> {
  await using assignments = await relation(await openTable(topicAssignmentsRoot(lake, manifest.version)));
  const rows = await session.query(`
    WITH a AS (SELECT DISTINCT _passage, _id, _topic, _score, _nearest FROM ${assignments.sql})
    SELECT * FROM (${SHOWN}) ORDER BY rank, _passage`);
  const build = await existingBuild(lake, manifest.build);
  const passages = await openTable(build.tables.passages.root, { version: manifest.passagesVersion });
  const ids = rows.map(({ _passage }) => String(_passage));
  const texts = await passagesById(session, passages, ids);
  return rows.map((row) => ({
    topic: String(row._nearest),
    place: String(row.place),
    passageId: String(row._passage),
    recordId: String(row._id),
    text: texts.get(String(row._passage))?.text ?? '',
    score: Number(row._score),
  }));
}
