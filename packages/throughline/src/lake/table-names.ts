/** Names of the lake's tables. */

/** Tables of each build, in the order in which a chunk is published. */
export const BUILD_TABLES = ['dead_letters', 'records', 'passages'] as const;
export type BuildTable = (typeof BUILD_TABLES)[number];

/** Tables that all builds share. */
export const LAKE_TABLES = ['chunks', 'runs', 'dropped', 'theme_edits', 'forgotten'] as const;

/** Tables of each version of the themes. */
export const THEME_TABLES = ['themes', 'assignments', 'record_themes'] as const;

export const TABLE_NAMES = [...BUILD_TABLES, ...LAKE_TABLES, 'vectors', ...THEME_TABLES] as const;
export type TableName = (typeof TABLE_NAMES)[number];
