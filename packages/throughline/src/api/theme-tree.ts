interface Node {
  id: string;
  parent: string | null;
}

export interface TreeRow<T> {
  theme: T;
  /** 0 for one without a parent. */
  depth: number;
  children: number;
}

/** Themes with those under them, in the order that they come in. A parent that is not there, or a circle, is as none. */
export function themeTree<T extends Node>(themes: readonly T[]): TreeRow<T>[] {
  const ids = new Set(themes.map(({ id }) => id));
  const under = Map.groupBy(themes, ({ id, parent }) =>
    parent !== null && parent !== id && ids.has(parent) ? parent : null,
  );
  const rows: TreeRow<T>[] = [];
  const seen = new Set<string>();
  const add = (theme: T, depth: number) => {
    if (seen.has(theme.id)) return;
    seen.add(theme.id);
    const children = under.get(theme.id) ?? [];
    rows.push({ theme, depth, children: children.length });
    for (const child of children) add(child, depth + 1);
  };
  for (const theme of under.get(null) ?? []) add(theme, 0);
  for (const theme of themes) add(theme, 0);
  return rows;
}
