/** What a taxonomy misses: themes that were found, most of whose passages are in no topic; and what it does not need. */
import { openTable, relation } from '@throughline/delta';
import { stringify } from 'yaml';
import { openSession } from '../../engine/local/session.ts';
import type { Lake } from '../../lake/lake.ts';
import { printable } from '../../printable.ts';
import { openThemes } from '../open-themes.ts';
import type { ThemePassage } from '../passages-by-id.ts';
import { listThemes, type Theme } from '../read.ts';
import { listTopics, promotedTopics } from './list-topics.ts';
import { topicAssignmentsRoot } from './topics-store.ts';

export interface TopicSuggestion {
  theme: string;
  label: string;
  keywords: string[];
  /** Passages of the theme, and those of them that are in no topic. */
  size: number;
  missed: number;
  representatives: ThemePassage[];
  /** Lines for the list `topics:` of the taxonomy. */
  yaml: string;
}

export interface TopicSuggestions {
  /** Of the themes. */
  version: string;
  /** Those with most passages in no topic first. */
  missing: TopicSuggestion[];
  /** Topics that hardly any passage is in: fewer than five, or than one in a thousand. */
  rare: { id: string; size: number; share: number }[];
}

/** More than that share of a theme's passages is in no topic. */
const MOSTLY = 0.5;
const FEW = 5;
const FEW_SHARE = 0.001;

/** Without a taxonomy every theme is suggested: a draft of one. Throws with exit code 66 where there are no themes. */
export async function suggestTopics(lake: Lake): Promise<TopicSuggestions> {
  const manifest = await promotedTopics(lake);
  const { themes, version } = await listThemes(lake);
  const missed = manifest && (await missedByTheme(lake, manifest.version));
  const missing = themes
    .filter(({ kind, size }) => kind === 'theme' && size > 0)
    .map((theme) => ({ theme, missed: missed ? (missed.get(theme.id) ?? 0) : theme.size }))
    .filter(({ theme, missed }) => missed > MOSTLY * theme.size)
    .sort((a, b) => b.missed - a.missed || (a.theme.id < b.theme.id ? -1 : 1))
    .map(({ theme, missed }): TopicSuggestion => {
      const { id, label, keywords, size, representatives } = theme;
      return { theme: id, label, keywords, size, missed, representatives, yaml: snippet(theme) };
    });
  const topics = manifest ? (await listTopics(lake)).topics : [];
  const rare = topics
    .filter(({ size, share }) => size < FEW || share < FEW_SHARE)
    .map(({ id, size, share }) => ({ id, size, share }));
  return { version, missing, rare };
}

async function missedByTheme(lake: Lake, topics: string): Promise<Map<string, number>> {
  const { assignments } = await openThemes(lake);
  await using session = await openSession();
  await using themed = await relation(assignments);
  await using known = await relation(await openTable(topicAssignmentsRoot(lake, topics)));
  const rows = await session.query(`
    SELECT _theme, count(*) AS missed FROM ${themed.sql} t JOIN ${known.sql} k USING (_chunk, _passage)
    WHERE _topic IS NULL AND _theme IS NOT NULL GROUP BY _theme`);
  return new Map(rows.map(({ _theme, missed }) => [String(_theme), Number(missed)]));
}

const PHRASE_WORDS = 12;

/** Phrases: the keywords, and the beginnings of what is most typical. Texts are quoted as YAML needs it. */
function snippet({ label, keywords, representatives }: Theme): string {
  const beginnings = representatives.map(({ text }) => beginning(text));
  const phrases = [keywords.slice(0, 3).join(' '), ...beginnings].filter((phrase) => phrase !== '');
  const name = printable(label).replaceAll('/', ' or ').slice(0, 200);
  const topic = { name, phrases: [...new Set(phrases)] };
  return stringify([topic], { lineWidth: 0 }).trimEnd();
}

function beginning(text: string): string {
  return printable(text).split(' ').slice(0, PHRASE_WORDS).join(' ').slice(0, 200);
}
