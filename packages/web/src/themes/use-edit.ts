import { useChange } from '../api/use-call.ts';

/** An edit makes a new version of the themes: all that was read of the one before is asked for again. */
export function useEdit() {
  return useChange('editThemes', [
    ...(['about', 'themes', 'theme', 'themePassages', 'themesTrends', 'themesMap', 'themeEdits'] as const),
  ]);
}
