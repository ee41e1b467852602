import { type Relation, relation } from '@throughline/delta';
import type { ChunkRule } from '../chunk/plan.ts';
import { type Build, existingBuild } from '../lake/build.ts';
import { digestOf } from '../lake/canonical.ts';
import { listDeadLetters } from '../lake/dead-letters.ts';
import { existingLake, promotedBuild, readCurrent } from '../lake/lake.ts';
import { lakePath, lakeRootOf } from '../lake/lake-path.ts';
import { tableIfThere } from '../lake/table-if-there.ts';
import { ROLES, type Side, selectList } from './side.ts';

/** Tables of a build at the versions that a run has left, and the themes that it promoted, where they are still there. */
export interface RecordedSide {
  run: string;
  build: Build;
  themes: string | undefined;
}

/**
 * The promoted build of a lake, and its promoted themes; or another build, which has none; or what a run has left. Throws with exit
 * code 66 if nothing is promoted.
 */
export async function openLakeSide(path: string, build?: string, recorded?: RecordedSide): Promise<Side> {
  const lake = await existingLake(lakeRootOf('.', path));
  const { tables, info } =
    recorded?.build ?? (await existingBuild(lake, build ?? (await promotedBuild(lake))));
  const { reasons: deadLetters } = await listDeadLetters(lake, 0);
  const opened: Relation[] = [];
  const open = async (table: Promise<Relation>) => {
    opened.push(await table);
    return opened.at(-1)!.sql;
  };
  const records = await open(relation(tables.records));
  const passages = await open(relation(tables.passages));
  const version = recorded
    ? recorded.themes
    : build === undefined
      ? (await readCurrent(lake)).themes
      : undefined;
  const assignments =
    version === undefined ? undefined : await tableIfThere(lakePath(lake.root, 'assignments', version));
  const themes = assignments && (await open(relation(assignments)));
  return {
    path: recorded ? `${path} as ${recorded.run} left it` : path,
    kind: 'lake',
    level: 'passages',
    columns: {},
    has: new Set(ROLES.filter((role) => role !== 'theme' || themes !== undefined)),
    rows: lakeRows(passages, themes),
    lake: {
      records: `(SELECT _id AS id, _chunk AS chunk, coalesce(_text, '') AS text FROM ${records})`,
      chunkRule: namesChunksByContent(info.rule) ? digestOf([info.rule, info.mapping.timestamp]) : undefined,
      deadLetters,
    },
    close: async () => {
      for (const one of opened) await one.close();
    },
  };
}

/** Chunks of files and of ranges of rows are named after the form in which the source came. */
function namesChunksByContent({ by }: ChunkRule): boolean {
  return by === 'window' || by === 'value';
}

function lakeRows(passages: string, themes: string | undefined): string {
  const columns = selectList({
    id: 'p._id',
    passage: 'p._passage',
    ordinal: 'p._ordinal',
    chunk: 'p._chunk',
    text: "coalesce(p._text, '')",
    vector: 'CAST(p._embedding AS FLOAT[])',
    ...(themes === undefined ? {} : { theme: 'a._theme' }),
  });
  const join = themes === undefined ? '' : `LEFT JOIN ${themes} AS a USING (_passage)`;
  return `(SELECT ${columns} FROM ${passages} AS p ${join})`;
}
