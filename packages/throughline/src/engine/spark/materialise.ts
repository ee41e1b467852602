import type { RoundRun } from './round.ts';

/** Writes a query's rows into the round's folder, and reads them from there as `tl_NAME`. */
export async function materialise(
  { cluster, places, scratch }: RoundRun,
  name: string,
  sql: string,
  done?: (share: number) => void,
): Promise<void> {
  const folder = [...scratch, name];
  await cluster.write(sql, places.cluster(...folder), done ? { done } : {});
  await cluster.execute(
    `CREATE OR REPLACE TEMPORARY VIEW tl_${name} USING parquet OPTIONS (${places.pathOption(...folder)})`,
  );
}
