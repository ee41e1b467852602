export {
  listThemes,
  showTheme,
  type Theme,
  type ThemeDetail,
  type ThemePassage,
  type ThemesList,
} from './read.ts';
export { refreshThemes } from './refresh.ts';
