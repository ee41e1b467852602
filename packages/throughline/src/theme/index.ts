export { diffThemes, type ThemeChange, type ThemesDiff } from './diff.ts';
export { evaluateThemes, type ThemesEvaluation } from './evaluate.ts';
export {
  listThemes,
  showTheme,
  type Theme,
  type ThemeDetail,
  type ThemePassage,
  type ThemesList,
} from './read.ts';
export { refreshThemes } from './refresh.ts';
export { listThemesVersions, type ThemesVersion } from './versions.ts';
export { type ThemesTrends, type ThemeTrend, type TrendGroup, type TrendNews, themesTrends } from './trends.ts';
