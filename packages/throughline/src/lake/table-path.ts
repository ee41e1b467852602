import { EXIT, ThroughlineError } from '../error.ts';
import { suggest } from '../suggest.ts';
import { existingBuild } from './build.ts';
import { type Lake, promotedBuild, readCurrent } from './lake.ts';
import { lakePath } from './lake-path.ts';
import { BUILD_TABLES, LAKE_TABLES, TABLE_NAMES, THEME_TABLES } from './table-names.ts';

/** The folder of a table, of the promoted build or version; the lake itself for ''. */
export async function tablePath(lake: Lake, name: string): Promise<string> {
  if (name === '') return lake.root;
  if ((BUILD_TABLES as readonly string[]).includes(name))
    return lakePath(lake.root, 'builds', await promotedBuild(lake), name);
  if ((LAKE_TABLES as readonly string[]).includes(name)) return lakePath(lake.root, name);
  if (name === 'vectors') {
    const { info } = await existingBuild(lake, await promotedBuild(lake));
    return lakePath(lake.root, 'vectors', info.modelDigest.slice(0, 32));
  }
  const { themes } = await readCurrent(lake);
  if ((THEME_TABLES as readonly string[]).includes(name) && themes !== undefined)
    return lakePath(lake.root, name, themes);
  const near = suggest(name, TABLE_NAMES);
  throw new ThroughlineError(
    `there is no table ${name}${near && near !== name ? `: did you mean ${near}?` : ''}`,
    {
      code: 'table_missing',
      exitCode: EXIT.noInput,
      hint: `Tables: ${TABLE_NAMES.join(', ')}.`,
    },
  );
}
