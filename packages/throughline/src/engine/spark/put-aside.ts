/** Rows of the source on their way to the rounds: read once more, and kept in the run's folder. */
import type { Row } from '@throughline/spark-connect';
import { NO_CHUNK } from '../../chunk/chunk-id.ts';
import type { EngineRun } from '../engine.ts';
import type { Cluster } from './cluster.ts';
import { sourceColumns } from './columns.ts';
import { digestsSql, rejectsDigestSql } from './content.ts';
import type { Places } from './places.ts';
import { sparkString } from './sql.ts';
import { digestText } from './stage.ts';

/** What was put aside of a chunk, whatever has happened to the source since it was listed. */
export interface Aside {
  /** Number of the chunk among those that are due: what stands for it in the cluster's tables. */
  idx: number;
  /** The part of what was put aside that has its rows. */
  part: number;
  rows: number;
  digest: string;
}

/**
 * Writes the rows of the due chunks into the run's folder: the source is read once more, and not again for each round. They are
 * in a part for each of the `rounds`, or for each chunk: what a round does not need it does not read. Leaves `tl_due_rows` and,
 * where `none` is due, `tl_due_rejects`; gives rows and digest of each chunk as they were put aside.
 */
export async function putAside(
  cluster: Cluster,
  places: Places,
  folder: readonly string[],
  { due, prepared }: EngineRun,
  { rounds, byChunk }: { rounds: readonly number[]; byChunk: boolean },
): Promise<Map<string, Aside>> {
  const { config, mapping } = prepared;
  const columns = sourceColumns(config, mapping);
  const partOf = (idx: number) => (byChunk ? idx : rounds[idx]!);
  const numbered = due.map(({ id }, idx) => `(${sparkString(id)}, ${idx}, ${partOf(idx)})`).join(', ');
  await cluster.view('tl_due', `SELECT * FROM VALUES ${numbered} AS d(chunk, idx, part)`);
  const rows = [...folder, 'rows'];
  await cluster.write(
    `SELECT /*+ REBALANCE(part) */ d.idx, d.part, s.ord, s.path, s.block, s.mid, s.content, ${columns.all.map((c) => `s.${c}`).join(', ')}
      FROM tl_staged s JOIN tl_due d ON d.chunk = s.chunk WHERE s.keep`,
    places.cluster(...rows),
    { partitionBy: ['part'] },
  );
  await cluster.execute(
    `CREATE OR REPLACE TEMPORARY VIEW tl_due_rows (idx INT, ord INT, path STRING, block BIGINT, mid BIGINT, content DECIMAL(20,0), ${columns.all.map((c) => `${c} STRING`).join(', ')}, part INT)
      USING parquet OPTIONS (${places.pathOption(...rows)})`,
  );
  const digests = await cluster.rows(
    `SELECT idx, n, CAST(content AS STRING) AS content FROM (${digestsSql('tl_due_rows', 'idx', { config, mapping, columns })})`,
  );
  const none = due.findIndex(({ id }) => id === NO_CHUNK);
  if (none >= 0) digests.push({ idx: none, ...(await putRejectsAside(cluster, places, folder)) });
  const filled = new Map<number, { rows: number; content: bigint }>();
  for (const { idx, n, content } of digests) {
    const before = filled.get(Number(idx)) ?? { rows: 0, content: 0n };
    const after = { rows: before.rows + Number(n), content: before.content + BigInt(String(content ?? 0)) };
    if (after.rows > 0) filled.set(Number(idx), after);
  }
  // A chunk whose rows have left the source since it was listed is published without rows, and says so.
  return new Map(due.map(({ id }, idx) => [id, { idx, part: partOf(idx), ...contentOf(filled.get(idx)) }]));
}

/** Leaves `tl_due_rejects`; gives `n` and `content` of the lines. */
async function putRejectsAside(cluster: Cluster, places: Places, folder: readonly string[]): Promise<Row> {
  const rejects = [...folder, 'rejects'];
  await cluster.write('SELECT file, corrupt FROM tl_rejects', places.cluster(...rejects));
  await cluster.execute(
    `CREATE OR REPLACE TEMPORARY VIEW tl_due_rejects (file STRING, corrupt STRING) USING parquet OPTIONS (${places.pathOption(...rejects)})`,
  );
  const [row] = await cluster.rows(
    `SELECT n, CAST(content AS STRING) AS content FROM (${rejectsDigestSql('tl_due_rejects')})`,
  );
  return row!;
}

function contentOf(found: { rows: number; content: bigint } | undefined): Omit<Aside, 'idx' | 'part'> {
  return found === undefined ? NOTHING : { rows: found.rows, digest: digestText(found.rows, found.content) };
}

/** As the digest of a chunk that is emptied. */
const NOTHING = { rows: 0, digest: '0:0' };
