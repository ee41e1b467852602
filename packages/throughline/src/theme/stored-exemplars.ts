import { openTable, relation } from '@throughline/delta';
import type { Exemplars } from '@throughline/themes';
import { openSession } from '../engine/local/session.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { ThemesManifest } from './manifest.ts';

export interface StoredExemplars {
  /** Theme i has the id `ids[i]`. */
  ids: string[];
  dimension: number;
  exemplars: Exemplars;
}

/**
 * What new passages are assigned by, as it stands with a version of the themes: open it with `openAssigner`. Undefined for a version
 * without themes, or made before exemplars were kept.
 */
export async function readExemplars(
  lake: Lake,
  { version, vote }: ThemesManifest,
): Promise<StoredExemplars | undefined> {
  if (!vote) return undefined;
  await using session = await openSession();
  await using all = await relation(await openTable(lakePath(lake.root, 'themes', version)));
  const rows = await session.query(
    `SELECT id, len(centroid) AS dimension, exemplars FROM ${all.sql} ORDER BY id`,
  );
  if (rows.length === 0) return undefined;
  const dimension = Number(rows[0]!.dimension);
  const lists = rows.map((row) => row.exemplars as number[]);
  return {
    ids: rows.map(({ id }) => String(id)),
    dimension,
    exemplars: {
      vectors: Float32Array.from(lists.flat()),
      membership: Int32Array.from(
        lists.flatMap((list, theme) => list.slice(0, list.length / dimension).fill(theme)),
      ),
      themes: rows.length,
      vote,
    },
  };
}
