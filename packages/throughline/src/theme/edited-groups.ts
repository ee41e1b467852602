import { groupsAfter } from './groups.ts';
import type { FoundGroup } from './identity.ts';
import type { ThemeRule } from './theme-rule.ts';
import { cosine } from './vectors.ts';

/** The fit's groups with what people have made of its themes. A pinned theme that is back is where the theme most like it is. */
export function editedGroups({ fit, replay }: Pick<ThemeRule, 'fit' | 'replay'>): FoundGroup[] {
  const back = Array.from(replay.dissolved, ([id, { centroid }]) => {
    const nearest = fit.themes.toSorted(
      (a, b) => cosine(b.centroid, centroid) - cosine(a.centroid, centroid) || (a.id < b.id ? -1 : 1),
    )[0];
    return { theme: nearest?.id ?? '', parts: [nearest?.id ?? '', id] };
  });
  const edits = replay.steps.map((step) => ({
    theme: step.theme,
    parts: step.kind === 'split' ? step.parts.map(({ id }) => id) : [],
  }));
  return groupsAfter(fit.groups, [...back, ...edits]);
}
