/** Rows of the table of themes. */
import { openTable, relation } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { Description } from './describe-themes.ts';
import type { Cell } from './write-table.ts';

export interface ThemeRow extends Description {
  id: string;
  /** `group`: of themes; no passage has it. */
  kind: 'theme' | 'noise' | 'group';
  /** The group that it is in. */
  parent: string | null;
  /** A person's, or the automatic one; `label` is always the latter. */
  shownLabel: string;
  /** By a language model, which then made the label, too. */
  description: string | undefined;
  hidden: boolean;
  pinned: boolean;
  status: string;
  /** Microseconds since 1970 UTC. */
  firstSeen: bigint;
}

/** `total`: all passages, also those without a theme. */
export function cellsOf(row: ThemeRow, size: number, total: number): Cell[] {
  return [
    ...[row.id, row.kind, row.parent, row.shownLabel, row.label, row.description ?? null],
    ...[row.hidden, row.pinned, row.keywords],
    ...[BigInt(size), total === 0 ? 0 : size / total, row.representatives, row.status, row.firstSeen],
    ...[row.centroid ?? null, BigInt(row.sampled)],
  ];
}

/** With those of groups: the sum of their themes, also of those in groups within. */
export function sizesWithGroups(
  rows: readonly Pick<ThemeRow, 'id' | 'parent'>[],
  sizes: ReadonlyMap<string | null, number>,
): Map<string | null, number> {
  const parentOf = new Map(rows.map(({ id, parent }) => [id, parent]));
  const all = new Map(sizes);
  for (const [theme, size] of sizes)
    for (let id = theme && parentOf.get(theme); id; id = parentOf.get(id) ?? null)
      all.set(id, (all.get(id) ?? 0) + size);
  return all;
}

/** Of a version that is complete. Memory: a centroid for each theme. */
export async function readThemeRows(lake: Lake, version: string): Promise<Map<string, ThemeRow>> {
  await using session = await openSession();
  await using all = await relation(await openTable(lakePath(lake.root, 'themes', version)));
  const rows = await session.query(
    `SELECT * REPLACE (epoch_us(first_seen) AS first_seen) FROM ${all.sql} ORDER BY id`,
  );
  return new Map(
    rows.map((row): [string, ThemeRow] => [
      String(row.id),
      {
        id: String(row.id),
        kind: row.kind as ThemeRow['kind'],
        parent: row.parent as string | null,
        shownLabel: String(row.label),
        label: String(row.auto_label),
        description: (row.description ?? undefined) as string | undefined,
        hidden: Boolean(row.hidden),
        pinned: Boolean(row.pinned),
        keywords: row.keywords as string[],
        representatives: row.representatives as string[],
        texts: [],
        status: String(row.status),
        firstSeen: BigInt(row.first_seen as bigint),
        centroid: row.centroid === null ? undefined : Float32Array.from(row.centroid as number[]),
        sampled: Number(row.sampled),
      },
    ]),
  );
}
