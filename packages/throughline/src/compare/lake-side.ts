import { openTable, type Relation, relation } from '@throughline/delta';
import type { ChunkRule } from '../chunk/plan.ts';
import { existingBuild } from '../lake/build.ts';
import { digestOf } from '../lake/canonical.ts';
import { listDeadLetters } from '../lake/dead-letters.ts';
import { existingLake, type Lake, promotedBuild, readCurrent } from '../lake/lake.ts';
import { lakePath, lakeRootOf } from '../lake/lake-path.ts';
import { ROLES, type Side, selectList } from './side.ts';

/** The promoted build of a lake, and its promoted themes; or another build, which has none. Throws with exit code 66 if nothing is promoted. */
export async function openLakeSide(path: string, build?: string): Promise<Side> {
  const lake = await existingLake(lakeRootOf('.', path));
  const { tables, info } = await existingBuild(lake, build ?? (await promotedBuild(lake)));
  const { reasons: deadLetters } = await listDeadLetters(lake, 0);
  const opened: Relation[] = [];
  const open = async (table: Promise<Relation>) => {
    opened.push(await table);
    return opened.at(-1)!.sql;
  };
  const records = await open(relation(tables.records));
  const passages = await open(relation(tables.passages));
  const assignments = build === undefined ? await assignmentsOf(lake) : undefined;
  const themes = assignments && (await open(relation(assignments)));
  return {
    path,
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

async function assignmentsOf(lake: Lake) {
  const { themes } = await readCurrent(lake);
  return themes === undefined ? undefined : await openTable(lakePath(lake.root, 'assignments', themes));
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
