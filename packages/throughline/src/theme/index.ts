export { diffThemes, type ThemeChange, type ThemesDiff } from './diff.ts';
export { type EditEffects, type EditedThemes, editThemes, type ThemeEditRequest } from './edit-themes.ts';
export { evaluateThemes, type ThemesEvaluation } from './evaluate.ts';
export { fitPromoted } from './fit-promoted.ts';
export { type FitState, fitState, plannedFit } from './fit-state.ts';
export { openNaming } from './label/naming.ts';
export { unnamedThemes } from './label/unnamed-themes.ts';
export { type ListedEdit, listEdits } from './list-edits.ts';
export type { ThemePassage } from './passages-by-id.ts';
export { configuredProgram, labelsOf, type ThemesProgram } from './program.ts';
export { fitAgainstAssignment, type PromotedRule, promotedRule } from './promoted-rule.ts';
export { listThemes, type Theme, type ThemesList } from './read.ts';
export type { FitDecision } from './refit-policy.ts';
export { refreshThemes, themesAsOf } from './refresh.ts';
export { showTheme, type ThemeDetail } from './show-theme.ts';
export { themesMap } from './theme-map.ts';
export { themePassages } from './theme-passages.ts';
export { listTopics, type TopicState, type TopicsList } from './topics/list-topics.ts';
export { suggestTopics, type TopicSuggestions } from './topics/suggest-topics.ts';
export { configuredTaxonomy, type Taxonomy } from './topics/taxonomy.ts';
export type { TrendNews } from './trend-news.ts';
export {
  type ThemesTrends,
  type TrendGroup,
  themesTrends,
} from './trends.ts';
export { listThemesVersions, type ThemesVersion } from './versions.ts';
export { type ThemesWatched, watchThemes } from './watch-themes.ts';
