/** Names for themes by a language model. What it says is only used where the texts bear it out; else the keywords stay. */
import { digestOf } from '../../lake/canonical.ts';
import { createJson, readJson } from '../../lake/json-file.ts';
import type { Lake } from '../../lake/lake.ts';
import { lakePath } from '../../lake/lake-path.ts';
import type { Evidence, Named } from './evidence.ts';
import type { Labeller } from './labeller.ts';
import { type Support, supportOf } from './support.ts';

export interface ThemeToName extends Evidence {
  readonly id: string;
  /** By which the model called it in the version before. */
  readonly before?: Named | undefined;
}

export interface LabelOptions {
  /** Without it nothing is asked. */
  labeller: Labeller | undefined;
  /** The theme whose centroid is nearest to a text, and its groups: whether words that do not occur mean what the texts say. */
  nearestThemes(text: string): Promise<readonly string[]>;
  signal: AbortSignal;
}

export interface LabelReport {
  /** Labels of the version before that still hold, and those that were asked for before. */
  kept: number;
  cached: number;
  asked: number;
  /** The texts do not say it. */
  refused: { id: string; label: string; words: string[] }[];
  failed: { id: string; message: string }[];
  requests: number;
  tokens: number;
  money: number;
}

export interface Labels {
  byTheme: Map<string, Named>;
  report: LabelReport;
}

/**
 * Answers are kept in the lake (`labels/DIGEST.json`) by what was asked. Never throws for what a server does: a theme without a name is in `failed`
 * or `refused`. Throws the reason of an abort.
 */
export async function labelThemes(
  lake: Pick<Lake, 'root'>,
  themes: readonly ThemeToName[],
  options: LabelOptions,
): Promise<Labels> {
  const { labeller, signal } = options;
  const byTheme = new Map<string, Named>();
  const report = { kept: 0, cached: 0, asked: 0, refused: [], failed: [] } as Omit<
    LabelReport,
    'requests' | 'tokens' | 'money'
  >;
  await Promise.all(
    themes.map(async (theme) => {
      const { id, before } = theme;
      if (before && isMostlyFound(supportOf(before.label, theme))) {
        report.kept++;
        byTheme.set(id, before);
        return;
      }
      if (!labeller) return;
      const answer = await answerOf(lake, theme, labeller, signal).catch((error: Error) => {
        signal.throwIfAborted();
        report.failed.push({ id, message: error.message });
      });
      if (!answer) return;
      const { isCached, ...named } = answer;
      report[isCached ? 'cached' : 'asked']++;
      const words = await unsupported(theme, named.label, options).catch((error: Error) => {
        signal.throwIfAborted();
        report.failed.push({ id, message: error.message });
      });
      if (words === undefined) return;
      if (words.length === 0) byTheme.set(id, named);
      else report.refused.push({ id, label: named.label, words });
    }),
  );
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  report.refused.sort(byId);
  report.failed.sort(byId);
  const { requests, tokens, money } = labeller?.stats() ?? { requests: 0, tokens: 0, money: 0 };
  return { byTheme, report: { ...report, requests, tokens, money } };
}

async function answerOf(
  lake: Pick<Lake, 'root'>,
  evidence: Evidence,
  labeller: Labeller,
  signal: AbortSignal,
): Promise<Named & { isCached: boolean }> {
  const path = lakePath(lake.root, 'labels', `${digestOf(labeller.question(evidence))}.json`);
  const known = await readJson<Named>(path);
  const { label, description } = known ?? (await createJson(path, await labeller.ask(evidence, signal)));
  return { label, description, isCached: known !== undefined };
}

/** Words that neither occur nor are meant: none where at least half occur, and the label as a whole is nearest to its own theme. */
async function unsupported(
  theme: ThemeToName,
  label: string,
  { nearestThemes }: LabelOptions,
): Promise<string[]> {
  const { found, missing } = supportOf(label, theme);
  if (missing.length === 0) return found.length === 0 ? [label] : [];
  const isMeant = isMostlyFound({ found, missing }) && (await nearestThemes(label)).includes(theme.id);
  return isMeant ? [] : [...missing];
}

/** As much as a label needs that means what the texts say. */
function isMostlyFound({ found, missing }: Support): boolean {
  return found.length > 0 && found.length >= missing.length;
}
