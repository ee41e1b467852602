import type { LabelReport } from './label-themes.ts';

/** Which themes the language model has left without a name, and why; undefined where there are none. */
export function unnamedThemes(report: LabelReport | undefined): string | undefined {
  const { refused = [], failed = [] } = report ?? {};
  if (refused.length + failed.length === 0) return undefined;
  const parts = [
    ...refused
      .slice(0, 1)
      .map(
        ({ id, label, words }) =>
          `"${label}" for ${id} was refused: the texts do not say ${words.join(', ')}`,
      ),
    ...failed.slice(0, 1).map(({ message }) => message),
  ];
  const themes = refused.length + failed.length;
  return `${themes} ${themes === 1 ? 'theme keeps its' : 'themes keep their'} keywords (${parts.join('; ')}); ask again: throughline themes fit`;
}
