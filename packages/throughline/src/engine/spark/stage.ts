/** The source as chunks: filter, cursor and digest of every row, in Spark's SQL. Nothing comes here but a line per chunk. */
import { SparkError } from '@throughline/spark-connect';
import { NO_CHUNK } from '../../chunk/chunk-id.ts';
import { type ChunkRule, chosenRule } from '../../chunk/plan.ts';
import { ConfigError } from '../../config/index.ts';
import { columnsOf, parseFilter, toSpark } from '../../filter/index.ts';
import type { Prepared } from '../../run/prepare.ts';
import { filterColumns } from '../../source/filter-columns.ts';
import { formatOf } from '../../source/format-of.ts';
import { hasNoOrder } from '../../source/has-no-order.ts';
import { sparkValueSql } from '../../source/spark-values.ts';
import { stagesOf } from '../../transform/index.ts';
import { requireColumnRule } from '../column-rule.ts';
import type { Staged, StagedChunk, StageOptions } from '../engine.ts';
import { ruleFits } from '../local/chunk-rule.ts';
import type { Cluster } from './cluster.ts';
import { sourceColumns } from './columns.ts';
import { contentSql, digestsSql, rejectsDigestSql } from './content.ts';
import { PLACE } from './place.ts';
import { requireFilled } from './require-filled.ts';
import { createSourceView } from './source-view.ts';
import { sparkString } from './sql.ts';
import { mapperRowsSql, type OrderedRows, stepsSql } from './transform-sql.ts';

/** Leaves the views `tl_staged` (chunk, content, place, columns of the rows that are kept) and `tl_rejects`. */
export async function stage(
  cluster: Cluster,
  prepared: Prepared,
  { rule: given, sample }: StageOptions,
): Promise<Staged> {
  const { config } = prepared;
  const columns = await createSourceView(cluster, prepared);
  if (config.source.type === 'jsonl') await requireFilled(cluster, prepared);
  await createRows(cluster, prepared);
  const rule =
    given && ruleFits(given, config, prepared.mapping) ? given : await chooseRule(cluster, prepared);
  if (hasNoOrder(config.source)) requireColumnRule(rule, config.source.type);
  if (sample !== undefined) await takeSample(cluster, sample);
  await createStaged(cluster, prepared, rule);
  await createRejects(cluster, sample !== undefined);
  await checkTransform(cluster, prepared);
  const { chunks, filtered } = await listChunks(cluster, prepared);
  const kept = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  return { rule, chosen: config.chunk === undefined, chunks, sourceRows: kept + filtered, filtered, columns };
}

/** `tl_rows`: the rows with content, and whether they are kept: by the filter, and as none that was forgotten. */
async function createRows(cluster: Cluster, { config, mapping, forgotten }: Prepared): Promise<void> {
  const columns = sourceColumns(config, mapping);
  const types = filterColumns(mapping);
  const filter = config.source.filter === undefined ? undefined : parseFilter(config.source.filter, types);
  const joins: string[] = [];
  const columnSql = new Map<string, string>();
  for (const name of filter ? columnsOf(filter) : []) {
    const source = mapping.attributes.find((one) => one.name === name)?.column ?? name;
    const column = columns.of(source);
    const type = types[name]!;
    if (type === 'timestamp') {
      const times = `t${joins.length}`;
      joins.push(
        `LEFT JOIN (${timesSql(cluster, column, config, source)}) ${times} ON ${times}.value = r.${column}`,
      );
      columnSql.set(name, `timestamp_micros(CAST(${times}.micros AS BIGINT))`);
    } else columnSql.set(name, sparkValueSql(`r.${column}`, type));
  }
  const conditions = [
    ...(filter ? [toSpark(filter, (name) => columnSql.get(name)!)] : []),
    ...(forgotten.length > 0 && mapping.id !== undefined
      ? [notForgotten(`r.${columns.of(mapping.id)}`, forgotten)]
      : []),
  ];
  const keep = conditions.length > 0 ? `(${conditions.map((one) => `(${one})`).join(' AND ')})` : 'true';
  await cluster.view(
    'tl_rows',
    `SELECT r.*, ${keep} AS keep FROM (SELECT *, ${contentSql(columns, mapping)} AS content FROM tl_raw WHERE corrupt IS NULL) r ${joins.join(' ')}`,
  );
}

/** As the local engine does, whose sha256 is the same. */
function notForgotten(column: string, forgotten: readonly string[]): string {
  return `${column} IS NULL OR sha2(${column}, 256) NOT IN (${forgotten.map(sparkString).join(', ')})`;
}

/** value, micros: each distinct text of a column, and the instant that it means, by the parser of every engine. */
function timesSql(cluster: Cluster, column: string, config: Prepared['config'], source: string): string {
  return cluster.worker(
    'times',
    { format: formatOf(config, source) },
    `SELECT DISTINCT ${column} AS value FROM tl_raw WHERE ${column} IS NOT NULL`,
    'value STRING, micros STRING',
  );
}

async function chooseRule(cluster: Cluster, { config, mapping }: Prepared): Promise<ChunkRule> {
  if (mapping.timestamp === undefined) {
    const [row] = await cluster.rows('SELECT count_if(keep) AS n FROM tl_rows');
    return chosenRule(Number(row!.n), undefined);
  }
  const column = sourceColumns(config, mapping).of(mapping.timestamp);
  const [row] = await cluster.rows(
    `SELECT sum(n) AS n, max(CAST(micros AS BIGINT)) - min(CAST(micros AS BIGINT)) AS span FROM (SELECT ${column} AS value, count_if(keep) AS n FROM tl_rows GROUP BY ${column})
      LEFT JOIN (${timesSql(cluster, column, config, mapping.timestamp)}) USING (value) WHERE n > 0`,
  );
  const days = row!.span === null ? 1 : Math.max(1, Number(row!.span) / 86_400e6);
  return chosenRule(Number(row!.n ?? 0), { days });
}

/** The rows with the smallest contents: the same on each run. */
async function takeSample(cluster: Cluster, rows: number): Promise<void> {
  const order = `content, ${PLACE}`;
  await cluster.view('tl_all_rows', 'SELECT * FROM tl_rows');
  await cluster.view(
    'tl_rows',
    `SELECT r.* EXCEPT (keep), keep AND struct(${order}) <= (SELECT max(struct(${order})) FROM
      (SELECT ${order} FROM tl_all_rows WHERE keep ORDER BY ${order} LIMIT ${rows})) AS keep FROM tl_all_rows r`,
  );
}

async function createStaged(cluster: Cluster, prepared: Prepared, rule: ChunkRule): Promise<void> {
  const { config, mapping } = prepared;
  if (rule.by === 'rows') return await createRanges(cluster, config.source.type === 'jsonl', rule.size);
  const columns = sourceColumns(config, mapping);
  const cursor =
    rule.by === 'file' ? 'file' : columns.of(rule.by === 'value' ? rule.column : mapping.timestamp!);
  const cursors = cluster.worker(
    'cursors',
    { rule, format: formatOf(config, config.source.timestamp) },
    `SELECT DISTINCT ${cursor} AS value FROM tl_raw WHERE corrupt IS NULL AND ${cursor} IS NOT NULL`,
    'value STRING, chunk STRING, first STRING, past STRING',
  );
  await cluster.view(
    'tl_staged',
    `SELECT r.*, coalesce(c.chunk, '${NO_CHUNK}') AS chunk, c.first, c.past FROM tl_rows r LEFT JOIN (${cursors}) c ON c.value = r.${cursor}`,
  );
}

/** Ranges by the number of a row in the source, malformed lines of JSONL included, as the local engine counts. */
async function createRanges(cluster: Cluster, isJsonl: boolean, size: number): Promise<void> {
  const counted = isJsonl ? 'tl_raw' : 'tl_rows';
  const number = `before + row_number() OVER (PARTITION BY r.ord, r.block ORDER BY r.mid) - 1`;
  await cluster.view(
    'tl_staged',
    `SELECT r.*, concat('r:', lpad(CAST((${number}) DIV ${size} * ${size} AS STRING), 12, '0')) AS chunk, CAST(NULL AS STRING) AS first, CAST(NULL AS STRING) AS past
      FROM tl_rows r JOIN (SELECT ord, block, coalesce(sum(n) OVER (ORDER BY ord, block ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
        FROM (SELECT ord, block, count(*) AS n FROM ${counted} GROUP BY ord, block)) b ON b.ord = r.ord AND b.block = r.block`,
  );
}

/** Lines that are no rows; a sample has none. */
async function createRejects(cluster: Cluster, none: boolean): Promise<void> {
  await cluster.view(
    'tl_rejects',
    `SELECT file, corrupt FROM tl_raw WHERE corrupt IS NOT NULL ${none ? 'AND false' : ''}`,
  );
}

/** Throws ConfigError with Spark's reason. */
async function checkTransform(cluster: Cluster, { config, mapping }: Prepared): Promise<void> {
  // A command leaves the mapped columns as they are named.
  const from = '(SELECT 0 AS idx, 0 AS part, * FROM tl_staged)';
  for (const { steps } of stagesOf(config.transform))
    await checkSteps(cluster, stepsSql({ from, chunks: [{ idx: 0, part: 0 }] }, steps, { config, mapping }), {
      config,
      mapping,
    });
}

async function checkSteps(
  cluster: Cluster,
  rows: OrderedRows,
  mapped: Pick<Prepared, 'config' | 'mapping'>,
): Promise<void> {
  await cluster.schema(mapperRowsSql(rows, mapped, 1)).catch((error: Error) => {
    if (!(error.cause instanceof SparkError)) throw error;
    const reason = error.cause.message.split('\n')[0];
    throw new ConfigError(
      'throughline.yaml',
      [{ message: `transform: ${reason}` }],
      'It is SQL of Spark, which reads the chunk as "input" and gives back the columns of the mapping.',
    );
  });
}

async function listChunks(
  cluster: Cluster,
  prepared: Prepared,
): Promise<{ chunks: StagedChunk[]; filtered: number }> {
  const { config, mapping } = prepared;
  const columns = sourceColumns(config, mapping);
  // One scan: rows that are left out are a chunk without a name.
  await cluster.view(
    'tl_listed',
    `SELECT *, CASE WHEN keep THEN to_json(named_struct('chunk', chunk, 'from', first, 'to', past)) END AS listed FROM tl_staged`,
  );
  const rows = await cluster.rows(
    `SELECT listed, n, CAST(content AS STRING) AS content FROM (${digestsSql('tl_listed', 'listed', { config, mapping, columns })})
      UNION ALL SELECT '${REJECTED}', n, CAST(content AS STRING) FROM (${rejectsDigestSql('tl_rejects')}) WHERE n > 0`,
  );
  const chunks = new Map<string, { rows: number; content: bigint; from?: string; to?: string }>();
  let filtered = 0;
  for (const { listed, n, content } of rows) {
    if (listed === null) {
      filtered = Number(n);
      continue;
    }
    const { chunk, ...window } = listed === REJECTED ? { chunk: NO_CHUNK } : JSON.parse(String(listed));
    const before = chunks.get(chunk) ?? { rows: 0, content: 0n };
    chunks.set(chunk, {
      rows: before.rows + Number(n),
      content: before.content + BigInt(String(content)),
      ...window,
    });
  }
  return { chunks: [...chunks].map(([id, one]) => stagedChunk(id, one)).sort(inOrder), filtered };
}

const REJECTED = 'rejected';

function stagedChunk(
  id: string,
  { rows, content, ...window }: { rows: number; content: bigint; from?: string; to?: string },
): StagedChunk {
  return { id, rows, digest: digestText(rows, content), ...window };
}

/** As the local engine writes it: the sum is that of 64 bits. */
export function digestText(rows: number, content: bigint): string {
  return `${rows}:${BigInt.asUintN(64, content).toString(16).padStart(16, '0')}`;
}

function inOrder(a: StagedChunk, b: StagedChunk): number {
  const last = Number(a.id === NO_CHUNK) - Number(b.id === NO_CHUNK);
  return last || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
}
