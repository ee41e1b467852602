/**
 * Staging: one pass over the source into DuckDB, where every row gets its place in source order, its chunk and its
 * part of the chunk's digest. Chunks are then read one by one without touching the source again.
 * Memory is bounded by DuckDB's limit, not by the source.
 */
import { quoteIdentifier, quoteLiteral } from '@throughline/delta';
import { dateChunk, NO_CHUNK } from '../../chunk/chunk-id.ts';
import { type ChunkRule, chosenRule, chunkOfValue } from '../../chunk/plan.ts';
import { parseWindow, windowOf } from '../../chunk/window.ts';
import type { Config } from '../../config/index.ts';
import { columnsOf, parseFilter, toDuckDb } from '../../filter/index.ts';
import type { SourceFiles } from '../../source/files.ts';
import { filterColumns } from '../../source/filter-columns.ts';
import { type Mapping, mappedColumns } from '../../source/mapping.ts';
import { sourceRelation } from '../../source/relation.ts';
import { formatTimestamp, parseTimestamp } from '../../source/timestamp.ts';
import { asUtf8 } from '../../source/transcode.ts';
import { valueSql } from '../../source/typed.ts';
import type { Session } from './session.ts';

/** A slice of the source with what decides whether it has to run again. */
export interface StagedChunk {
  id: string;
  rows: number;
  /** Count and content of its rows, in any order: equal digests mean equal rows. */
  digest: string;
  /** Window of a chunk by date: local dates, half-open. */
  from?: string;
  to?: string;
}

export interface Staged {
  rule: ChunkRule;
  /** True where the config names no chunks and the planner chose the rule. */
  chosen: boolean;
  /** In order of their windows, values, paths or positions; `none` last. */
  chunks: StagedChunk[];
  /** Rows in the source, the malformed included. */
  sourceRows: number;
  /** Rows that the filter, or --sample, left out. */
  filtered: number;
}

export interface StageOptions {
  mapping: Mapping;
  /** The rule of an earlier plan of this lake, where the config names none. */
  rule: ChunkRule | undefined;
  /** Only so many rows, chosen by content: the same rows on each run. */
  sample?: number | undefined;
}

/** Leaves the tables `staged` (_row, _chunk, _file, columns) and `rejects` in the session. */
export async function stage(
  session: Session,
  config: Config,
  source: SourceFiles,
  options: StageOptions,
): Promise<Staged> {
  const { mapping } = options;
  const columns = stagedColumns(config, mapping);
  await readSource(session, config, source, columns);
  await collectRejects(session, config);
  const [total] = await session.query(
    'SELECT (SELECT count(*) FROM raw) + (SELECT count(*) FROM rejects) AS rows',
  );
  await filterRows(session, config, mapping, options.sample);
  const rule = options.rule ?? (await chooseRule(session, config, mapping));
  const windows = await assignChunks(session, config, mapping, rule);
  const chunks = await listChunks(session, windows);
  const kept = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  return {
    rule,
    chosen: config.chunk === undefined,
    chunks,
    sourceRows: Number(total!.rows),
    filtered: Number(total!.rows) - kept,
  };
}

/** Columns of the record, and the column that cuts chunks if it is another. */
export function stagedColumns(config: Config, mapping: Mapping): string[] {
  const by = config.chunk?.by;
  return [...new Set([...mappedColumns(mapping), ...(by === undefined || by === 'file' ? [] : [by])])];
}

/** DuckDB sets a batch of every column aside, several times over, used or not; used are the bytes of the rows. */
const COLUMN_BYTES = 128 * 1024;

async function readSource(
  session: Session,
  config: Config,
  source: SourceFiles,
  columns: readonly string[],
): Promise<void> {
  const files = await asUtf8(source.files, config.source.encoding, session.directory);
  const relation = await sourceRelation(config.source, files, columns, session.query);
  await session.reserve(relation.width * COLUMN_BYTES);
  const names = files.map((file) => `(${quoteLiteral(file.path)}, ${quoteLiteral(file.name)})`).join(', ');
  await session.query(`CREATE TABLE files AS SELECT * FROM (VALUES ${names}) AS f(path, name)`);
  const raw = config.source.type === 'jsonl' ? '_raw' : 'NULL::VARCHAR AS _raw';
  const list = columns.map((column) => quoteIdentifier(column)).join(', ');
  await session.query(
    `CREATE TABLE read AS SELECT row_number() OVER () AS _row, _file, ${raw}, ${list} FROM (${relation.sql})`,
  );
  await session.query(
    `CREATE TABLE raw AS SELECT _row, name AS _file, ${list} FROM read JOIN files ON path = _file WHERE _raw IS NULL ORDER BY _row`,
  );
}

/** Lines that could not be read as rows, with their place in the file and the reason. */
async function collectRejects(session: Session, config: Config): Promise<void> {
  const [known] = await session.query(
    "SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'reject_errors'",
  );
  const malformed = known!.n
    ? `SELECT coalesce(f.name, s.file_path) AS file, e.line::BIGINT AS line, e.csv_line AS payload,
         lower(replace(min_by(e.error_type::VARCHAR, e.byte_position), ' ', '_')) AS reason,
         min_by(e.error_message, e.byte_position) AS message
       FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id) LEFT JOIN files f ON f.path = s.file_path
       GROUP BY ALL`
    : 'SELECT NULL::VARCHAR AS file, NULL::BIGINT AS line, NULL::VARCHAR AS payload, NULL::VARCHAR AS reason, NULL::VARCHAR AS message WHERE false';
  await session.query(`CREATE TABLE malformed AS ${malformed}`);
  const rejects =
    config.source.type === 'jsonl' ? `FROM malformed UNION ALL (${NOT_JSON})` : 'FROM malformed';
  await session.query(
    `CREATE TABLE rejects AS SELECT row_number() OVER (ORDER BY file, line, payload) AS _row, * FROM (${rejects})`,
  );
  await session.query('DROP TABLE malformed');
  await session.query('DROP TABLE read');
}

/**
 * Lines that are not JSON objects. The line of the p-th row that was read is p and the number of malformed lines before
 * it, which were left out: of those in order, the i-th is before it if its line less i is below p.
 */
const NOT_JSON = `
  WITH skipped AS (SELECT file, line - row_number() OVER (PARTITION BY file ORDER BY line) AS before FROM malformed)
  SELECT file, p + (SELECT count(*) FROM skipped WHERE skipped.file = bad.file AND skipped.before < bad.p) AS line,
    payload, 'bad_json' AS reason, 'the line is not a JSON object' AS message
  FROM (
    SELECT name AS file, _row - first + 1 AS p, _raw AS payload FROM read JOIN files ON path = _file
    JOIN (SELECT _file, min(_row) AS first FROM read GROUP BY _file) USING (_file) WHERE _raw <> ''
  ) AS bad`;

/** Rows that pass the filter, as `kept`; times that the filter needs are parsed by us, each distinct text once. */
async function filterRows(
  session: Session,
  config: Config,
  mapping: Mapping,
  sample: number | undefined,
): Promise<void> {
  const filter =
    config.source.filter === undefined
      ? undefined
      : parseFilter(config.source.filter, filterColumns(mapping));
  const joins: string[] = [];
  const columnSql = new Map<string, string>();
  for (const name of filter ? columnsOf(filter) : []) {
    const attribute = mapping.attributes.find((one) => one.name === name);
    const column = attribute?.column ?? name;
    const type = filterColumns(mapping)[name]!;
    if (type === 'timestamp') {
      const table = `times_${joins.length}`;
      await parseTimes(session, config, column, table);
      joins.push(`LEFT JOIN ${table} ON ${table}.text = r.${quoteIdentifier(column)}`);
      columnSql.set(name, `${table}.instant`);
    } else columnSql.set(name, valueSql(`r.${quoteIdentifier(column)}`, type));
  }
  const where = filter ? `WHERE ${toDuckDb(filter, (name) => columnSql.get(name)!)}` : '';
  const cells = stagedColumns(config, mapping).map((name) => {
    const cell = `r.${quoteIdentifier(name)}`;
    // A text by its own digest: a thousand copies of texts of 10 MB, escaped, do not fit into memory.
    return `${quoteLiteral(name)}: ${mapping.text.includes(name) ? `sha256(${cell})` : cell}`;
  });
  const content = `sha256(to_json({${cells.join(', ')}})::VARCHAR)`;
  await session.query(
    `CREATE TABLE kept AS SELECT r.*, ('0x' || substr(${content}, 1, 16))::UBIGINT AS _content FROM raw r ${joins.join(' ')} ${where} ORDER BY r._row`,
  );
  await session.query('DROP TABLE raw');
  if (sample !== undefined) {
    await session.query(
      `DELETE FROM kept WHERE _row NOT IN (SELECT _row FROM kept ORDER BY _content, _row LIMIT ${sample})`,
    );
    await session.query('DELETE FROM rejects');
  }
}

/** A table of the distinct texts of `column` with the instant that each means, if any. */
async function parseTimes(session: Session, config: Config, column: string, table: string): Promise<void> {
  const format = {
    format: config.source.timestamp === column ? config.source.format : undefined,
    zone: config.chunk?.zone ?? 'UTC',
  };
  await session.query(`CREATE TABLE ${table} (text VARCHAR PRIMARY KEY, instant TIMESTAMPTZ)`);
  await mapDistinct(session, 'raw', quoteIdentifier(column), table, (text) => {
    const at = parseTimestamp(text, format);
    return at === undefined ? [null] : [formatMicros(at)];
  });
}

function formatMicros(at: bigint): string {
  const micros = ((at % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return `${formatTimestamp(at - micros).slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
}

/** Appends to `table` a row (value, ...of(value)) for every distinct value of `expression`; bounded by one batch. */
async function mapDistinct(
  session: Session,
  from: string,
  expression: string,
  table: string,
  of: (value: string) => (string | null)[],
): Promise<void> {
  for await (const rows of session.stream(
    `SELECT DISTINCT ${expression} FROM ${from} WHERE ${expression} IS NOT NULL`,
  )) {
    const values = rows.map(([value]) => {
      const cells = [value as string, ...of(value as string)];
      return `(${cells.map((cell) => (cell === null ? 'NULL' : literal(cell))).join(', ')})`;
    });
    await session.query(`INSERT INTO ${table} VALUES ${values.join(', ')}`);
  }
}

/** Source values may hold NUL bytes, which SQL text cannot. */
function literal(text: string): string {
  return text.split('\0').map(quoteLiteral).join(' || chr(0) || ');
}

async function chooseRule(session: Session, config: Config, mapping: Mapping): Promise<ChunkRule> {
  const [count] = await session.query('SELECT count(*) AS rows FROM kept');
  if (mapping.timestamp === undefined) return chosenRule(Number(count!.rows), undefined);
  const format = { format: config.source.format, zone: 'UTC' };
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for await (const rows of session.stream(
    `SELECT DISTINCT ${quoteIdentifier(mapping.timestamp)} FROM kept`,
  )) {
    for (const [text] of rows) {
      const at = text === null ? undefined : parseTimestamp(text as string, format);
      if (at === undefined) continue;
      first = Math.min(first, Number(at));
      last = Math.max(last, Number(at));
    }
  }
  const days = Math.max(1, (last - first) / 86_400e6);
  return chosenRule(Number(count!.rows), Number.isFinite(days) ? { days } : { days: 1 });
}

type Windows = Map<string, { from: string; to: string }>;

/** Makes `staged`: the kept rows with their chunk, clustered by it. */
async function assignChunks(
  session: Session,
  config: Config,
  mapping: Mapping,
  rule: ChunkRule,
): Promise<Windows> {
  const windows: Windows = new Map();
  if (rule.by === 'rows') {
    await session.query(
      `CREATE TABLE staged AS SELECT *, 'r:' || lpad((((_row - 1) // ${rule.size}) * ${rule.size})::VARCHAR, 12, '0') AS _chunk FROM kept`,
    );
  } else {
    const cursor =
      rule.by === 'file' ? '_file' : quoteIdentifier(rule.by === 'value' ? rule.column : mapping.timestamp!);
    await session.query('CREATE TABLE cursors (value VARCHAR PRIMARY KEY, chunk VARCHAR)');
    await mapDistinct(session, 'kept', cursor, 'cursors', (value) => [
      chunkOf(value, rule, config, windows) ?? null,
    ]);
    await session.query(
      `CREATE TABLE staged AS SELECT k.*, coalesce(c.chunk, '${NO_CHUNK}') AS _chunk FROM kept k LEFT JOIN cursors c ON c.value = k.${cursor} ORDER BY _chunk, _row`,
    );
  }
  await session.query('DROP TABLE kept');
  return windows;
}

function chunkOf(
  value: string,
  rule: Exclude<ChunkRule, { by: 'rows' }>,
  config: Config,
  windows: Windows,
): string | undefined {
  if (rule.by !== 'window') return chunkOfValue(rule, value);
  const at = parseTimestamp(value, { format: config.source.format, zone: rule.zone });
  if (at === undefined) return undefined;
  const window = windowOf(at, parseWindow(rule.every), rule.zone);
  windows.set(dateChunk(window.from), window);
  return dateChunk(window.from);
}

async function listChunks(session: Session, windows: Windows): Promise<StagedChunk[]> {
  const rows = await session.query(`
    SELECT _chunk AS id, sum(n)::BIGINT AS n, (sum(content) % 18446744073709551616)::UBIGINT AS content FROM (
      SELECT _chunk, count(*) AS n, sum(_content) AS content FROM staged GROUP BY _chunk
      UNION ALL
      SELECT '${NO_CHUNK}', count(*), sum(('0x' || substr(sha256(to_json([file, line::VARCHAR, payload, reason])::VARCHAR), 1, 16))::UBIGINT)
      FROM rejects HAVING count(*) > 0
    ) GROUP BY _chunk ORDER BY _chunk = '${NO_CHUNK}', _chunk`);
  return rows.map((row) => ({
    id: String(row.id),
    rows: Number(row.n),
    digest: `${row.n}:${BigInt(row.content as bigint)
      .toString(16)
      .padStart(16, '0')}`,
    ...windows.get(String(row.id)),
  }));
}
