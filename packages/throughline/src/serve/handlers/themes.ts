import { readCurrent } from '../../lake/lake.ts';
import { recentOnes } from '../../recent-ones.ts';
import {
  editThemes,
  listEdits,
  listThemes,
  showTheme,
  themePassages,
  themesMap,
  themesTrends,
} from '../../theme/index.ts';
import { refuseWithin } from '../access.ts';
import type { Handlers } from '../caller.ts';
import { parseOffset, printOffset } from '../cursor.ts';
import type { Service } from '../service.ts';

type ThemeHandlers = Pick<
  Handlers,
  'themes' | 'theme' | 'themePassages' | 'themesTrends' | 'themesMap' | 'themeEdits' | 'editThemes'
>;

/** Answers that are remembered: a version of the themes never changes. Maps are large, and remembered by themselves. */
const REMEMBERED = { answers: 200, maps: 3 };
const PAGE = 20;
const POINTS = 100_000;

export function themeHandlers({ lake, clock }: Service, stopping: AbortSignal): ThemeHandlers {
  const answers = recentOnes<unknown>(REMEMBERED.answers);
  const maps = recentOnes<unknown>(REMEMBERED.maps);
  /** What is promoted meanwhile is another version, and so another name. */
  const remembered = async <T>(question: unknown, make: () => Promise<T>, among = answers): Promise<T> => {
    const { themes } = await readCurrent(lake);
    return (await among.get(JSON.stringify([themes, question]), make)) as T;
  };
  return {
    themes: ({ query: { all } }, { access: { within } }) =>
      remembered(['themes', all, within], () => listThemes(lake, { all: all === true, within })),
    theme: ({ params: { id } }, { access: { within } }) =>
      remembered(['theme', id, within], () => showTheme(lake, id, { within })),
    async themePassages({ params: { id }, query }, { access: { within } }) {
      const { order = 'clear', limit = PAGE, cursor } = query;
      const list = { version: (await readCurrent(lake)).themes ?? '', of: `${id} ${order}` };
      const offset = parseOffset(cursor, list);
      const page = await remembered(['passages', id, order, limit, offset, within], () =>
        themePassages(lake, id, { order, limit, offset, within }),
      );
      const { version, passages, more } = page;
      return {
        version,
        passages,
        nextCursor: more ? printOffset({ ...list, version }, offset + limit) : null,
      };
    },
    themesTrends: ({ query }, { access: { within } }) =>
      remembered(['trends', query, within], () => themesTrends(lake, { ...query, within })),
    themesMap: ({ query: { limit = POINTS } }, { access: { within } }) =>
      remembered(['map', limit, within], () => themesMap(lake, { limit, within }), maps),
    async themeEdits(_, { access }) {
      refuseWithin(access);
      return { edits: await listEdits(lake) };
    },
    async editThemes({ body }, { access }) {
      refuseWithin(access);
      return editThemes(lake, body, { author: access.name, clock, signal: stopping });
    },
  };
}
