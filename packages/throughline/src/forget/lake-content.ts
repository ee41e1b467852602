import { openStore } from '@throughline/delta/store';
import type { Lake } from '../lake/lake.ts';

/** All that is below a lake. */
export interface LakeContent {
  /** Folders of Delta tables, below the lake, sorted. */
  tables: string[];
  /** Files that belong to none, below the lake, sorted. */
  files: string[];
}

const LOG = '/_delta_log/';

/** Found on the disk, not listed by name: a table that nobody has thought of is found as well. Memory: the names. */
export async function lakeContent(lake: Lake): Promise<LakeContent> {
  const paths: string[] = [];
  for await (const { path } of openStore(lake.root).walk('')) paths.push(path);
  const logged = paths.filter((path) => path.includes(LOG)).map((path) => path.slice(0, path.indexOf(LOG)));
  const tables = new Set(logged);
  const isInTable = (path: string) => {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      if (tables.has(path.slice(0, end))) return true;
    return false;
  };
  return { tables: [...tables].sort(), files: paths.filter((path) => !isInTable(path)).sort() };
}

/** The names of a path below the lake, for `lakePath`. */
export function namesOf(path: string): string[] {
  return path.split('/');
}
