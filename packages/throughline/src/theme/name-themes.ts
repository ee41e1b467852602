/** Names of the themes that were described anew: those of the version before that still hold, and what a language model says. */
import type { Config } from '../config/index.ts';
import type { Lake } from '../lake/lake.ts';
import { type LabelReport, labelThemes, type ThemeToName } from './label/label-themes.ts';
import type { Naming } from './label/naming.ts';
import type { ThemeRow } from './theme-rows.ts';
import { cosine } from './vectors.ts';

export interface NameRequest {
  /** Of the version before, where names were asked for in the same way. */
  before: ReadonlyMap<string, ThemeRow>;
  /** Labels that people gave, by theme. */
  renamed: ReadonlyMap<string, string>;
  /** Without it only names of the version before are kept. */
  naming: Naming | undefined;
  signal: AbortSignal;
}

/** What names depend on, beside the texts. */
export function namesAskedFor({ label }: Config['themes']): object | undefined {
  return label && { model: label.model, url: label.url, language: label.language };
}

/** The same rows with names. A label that a person gave stays the one that is shown. */
export async function nameThemes(
  lake: Lake,
  rows: readonly ThemeRow[],
  { before, renamed, naming, signal }: NameRequest,
): Promise<{ rows: ThemeRow[]; report: LabelReport }> {
  const described = rows.filter(({ kind, texts }) => kind !== 'noise' && texts.length > 0);
  const wanted = described.map(({ id, keywords, texts }): ThemeToName => {
    const { label, description } = before.get(id) ?? {};
    const isNamed = label !== undefined && description !== undefined;
    return { id, keywords, texts, before: isNamed ? { label, description } : undefined };
  });
  const parentOf = new Map(rows.map(({ id, parent }) => [id, parent]));
  const nearestThemes = async (text: string) => {
    const vector = await naming!.embed(text);
    const similarity = ({ centroid }: ThemeRow) => (centroid ? cosine(vector, centroid) : -1);
    const themes = rows.filter(({ kind }) => kind !== 'group');
    const nearest = themes.reduce<ThemeRow | undefined>(
      (best, row) => (best === undefined || similarity(row) > similarity(best) ? row : best),
      undefined,
    );
    const found: string[] = [];
    for (let id = nearest?.id ?? null; id !== null; id = parentOf.get(id) ?? null) found.push(id);
    return found;
  };
  const options = { labeller: naming?.labeller, nearestThemes, signal };
  const { byTheme, report } = await labelThemes(lake, wanted, options);
  return {
    rows: rows.map((row) => {
      const named = byTheme.get(row.id);
      if (!named) return row;
      const shownLabel = renamed.get(row.id) ?? named.label;
      return { ...row, ...named, shownLabel };
    }),
    report,
  };
}
