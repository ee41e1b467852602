/**
 * A round: the rows of some claimed chunks through the mapper, their texts through the model, and the tables' files written, as jobs
 * of the cluster. Every text is embedded once, wherever it stands: texts are spread over the tasks by themselves, not by chunk.
 */
import { NO_CHUNK } from '../../chunk/chunk-id.ts';
import { type ChunkCounts, NO_COUNTS } from '../../chunk/ledger.ts';
import { type Config, rejectsRows } from '../../config/index.ts';
import type { BuildTable } from '../../lake/build.ts';
import { MAX_PAYLOAD, ROOM_FOR_LENGTH } from '../../mapper/rows.ts';
import type { Prepared } from '../../run/prepare.ts';
import type { Attribute } from '../../source/mapping.ts';
import type { ClaimedChunk } from '../engine.ts';
import { type Cluster, DAMAGED_VECTOR } from './cluster.ts';
import { MAPPED, UNMAPPED } from './mapped-columns.ts';
import { materialise } from './materialise.ts';
import { onExecutors, PIPELINE_FOLDER } from './pipeline-files.ts';
import type { Places } from './places.ts';
import { sparkName, sparkString } from './sql.ts';
import { throughCommands } from './through-commands.ts';
import { mapperRowsSql } from './transform-sql.ts';

export interface RoundChunk {
  /** Number of the chunk among those that are due: what stands for it in the cluster's tables. */
  idx: number;
  /** The part of what was put aside that has its rows. */
  part: number;
  chunk: ClaimedChunk;
}

export interface Round {
  /** Unique: names its folders. */
  name: string;
  chunks: readonly RoundChunk[];
}

export interface RoundRun {
  cluster: Cluster;
  places: Places;
  prepared: Prepared;
  /** Folder of the round's temporary files, in the lake. */
  scratch: readonly string[];
  run: string;
  clock: () => number;
  taskTexts: number;
  /** Hears which part of the round's embedding is done, from 0 to 1. */
  done: (share: number) => void;
}

/** Rows that one task maps: a second or two of work beside its start. */
const TASK_ROWS = 20_000;
/** Rows of a chunk's files: not one file a task, nor all in one. */
const FILE_ROWS = 250_000;

/*
 * Views have the same names in every round: a session that kept those of thousands would keep what they know of their files.
 */

/**
 * Maps the rows. Reads the cache as `tl_cache`. Leaves `tl_mapped` and `tl_texts` (hash, text, first: the first chunk that has it, known).
 */
export async function mapRound(round: Round, run: RoundRun): Promise<void> {
  const { cluster, prepared } = run;
  const { config, mapping, model, directory } = prepared;
  const rows = round.chunks.reduce((sum, { chunk }) => sum + chunk.rows, 0);
  const tasks = Math.max(cluster.cores, Math.ceil(rows / TASK_ROWS));
  await cluster.view(
    'tl_claimed',
    `SELECT * FROM VALUES ${round.chunks.map(({ idx, chunk }) => `(${idx}, ${sparkString(chunk.id)}, ${chunk.attempt}L, ${Math.ceil(chunk.rows / FILE_ROWS)})`).join(', ')} AS c(idx, chunk, attempt, files)`,
  );
  const aside = [...new Set(round.chunks.map(({ part }) => part))];
  await cluster.view(
    'tl_rows',
    `SELECT s.* FROM tl_due_rows s JOIN tl_claimed USING (idx) WHERE part IN (${aside.join(', ')})`,
  );
  const parts = Math.max(...round.chunks.map(({ chunk }) => Math.ceil(chunk.rows / TASK_ROWS)), 1);
  const { rows: ready, dead } = await throughCommands(round, run, { tasks, parts });
  const source = mapperRowsSql(ready, { config, mapping }, tasks);
  const { split, transform, quality, chunk, source: of } = config;
  const { timestamp, format, maxTextLength } = of;
  const settings = {
    config: {
      split: onExecutors(split, directory),
      ...{ transform: transform.filter((step) => 'normalise' in step) },
      quality: quality.filter(rejectsRows),
      ...(chunk && { chunk }),
      source: { maxTextLength, ...(timestamp && { timestamp }), ...(format && { format }) },
    },
    ...{ mapping, info: model, model: cluster.model, directory: PIPELINE_FOLDER },
  };
  const mapped = cluster.worker(
    'map',
    settings,
    `SELECT s.*, c.chunk FROM (${source}) s JOIN tl_claimed c USING (idx)`,
    MAPPED,
  );
  const none = round.chunks.find(({ chunk }) => chunk.id === NO_CHUNK);
  const rejects = none ? ` UNION ALL ${rejectsSql(none.idx, config.source.type)}` : '';
  await materialise(run, 'mapped', [mapped, ...dead].join(' UNION ALL ') + rejects);
  await materialise(
    run,
    'texts',
    `SELECT t.*, v._hash IS NOT NULL AS known FROM
      (SELECT p.hash AS hash, min(p.text) AS text, min(idx) AS first FROM (SELECT idx, explode(passages) AS p FROM tl_mapped) GROUP BY p.hash) t
      LEFT JOIN (SELECT DISTINCT _hash FROM tl_cache) v ON v._hash = t.hash`,
  );
}

/** Lines of the source that are no rows; they belong to no chunk. */
function rejectsSql(idx: number, type: Config['source']['type']): string {
  const [code, what] =
    type === 'jsonl'
      ? ['bad_json', 'the line is not a JSON object']
      : ['wrong_number_of_columns', 'the line has more or fewer fields than the header'];
  return `SELECT ${idx}, ${UNMAPPED},
    named_struct('step', 'read', 'id', CAST(NULL AS STRING), 'code', '${code}', 'message', concat(file, ': ${what}'), 'payload', ${cutSql('corrupt')}) FROM tl_due_rejects`;
}

export interface Embedded {
  /** Texts that had a vector already. */
  known: number;
  /** Texts of which the model made one, by the chunk that has them first. */
  fresh: Map<number, number>;
  failed: number;
}

/** Embeds what is not known: leaves `tl_embedded` (hash, embedding, or code and message). */
export async function embedRound(run: RoundRun): Promise<Embedded> {
  const { cluster, taskTexts } = run;
  const counts = await cluster.rows('SELECT first, known, count(*) AS n FROM tl_texts GROUP BY first, known');
  const fresh = new Map<number, number>();
  let known = 0;
  for (const { first, known: isKnown, n } of counts) {
    if (isKnown) known += Number(n);
    else fresh.set(Number(first), Number(n));
  }
  const missing = [...fresh.values()].reduce((sum, n) => sum + n, 0);
  const schema = 'hash STRING, embedding ARRAY<FLOAT>, code STRING, message STRING';
  if (missing === 0) {
    await cluster.view(
      'tl_embedded',
      `SELECT r.* FROM (SELECT from_json('{}', '${schema}') AS r) WHERE false`,
    );
    return { known, fresh, failed: 0 };
  }
  // As many tasks as fill the cores evenly.
  const waves = Math.ceil(missing / (cluster.cores * taskTexts));
  const tasks = Math.min(missing, waves * cluster.cores);
  const query = `SELECT /*+ REPARTITION(${tasks}) */ hash, text FROM tl_texts WHERE NOT known`;
  const embedded = cluster.worker('embed', { model: cluster.model }, query, schema);
  await materialise(run, 'embedded', embedded, run.done);
  const [row] = await cluster.rows('SELECT count_if(embedding IS NULL) AS n FROM tl_embedded');
  return { known, fresh, failed: Number(row!.n) };
}

/** Writes the new vectors as files of the cache's table, in a folder of it. */
export async function writeVectors({ cluster }: RoundRun, folder: string): Promise<void> {
  await cluster.write(
    'SELECT hash AS _hash, embedding AS _embedding FROM tl_embedded WHERE embedding IS NOT NULL',
    folder,
  );
}

/** Writes the tables' files, below `folderOf(table)` in a folder `chunkIdx=IDX` for each chunk; gives the chunks' counts. */
export async function writeTables(
  round: Round,
  run: RoundRun,
  embedded: Embedded,
  folderOf: (table: BuildTable) => string,
): Promise<Map<number, ChunkCounts>> {
  const { cluster, prepared } = run;
  await cluster.view('tl_outcome', outcomesSql(embedded));
  await cluster.view('tl_vectors', vectorsSql(embedded, prepared.model.dimension));
  const counts = await countChunks(round, run, embedded);
  const total = (count: (one: ChunkCounts) => number) =>
    [...counts.values()].reduce((sum, one) => sum + count(one), 0);
  const { attributes } = prepared.mapping;
  const files = round.chunks.reduce(
    (sum, { chunk }) => sum + Math.max(1, Math.ceil(chunk.rows / FILE_ROWS)),
    0,
  );
  const tasks = Math.min(files, Math.max(cluster.cores, Math.ceil(files / FILES_PER_TASK)));
  const write = (table: BuildTable, rows: number, select: string, order: string) =>
    rows === 0
      ? undefined
      : cluster.write(
          `SELECT * EXCEPT (chunkPart) FROM (SELECT /*+ REPARTITION(${tasks}, chunkIdx, chunkPart) */ * FROM (${select})) SORT BY chunkIdx, ${order}`,
          folderOf(table),
          { partitionBy: ['chunkIdx'] },
        );
  await Promise.all([
    write(
      'records',
      total((one) => one.records),
      recordsSql(attributes),
      '_id',
    ),
    write(
      'passages',
      total((one) => one.passages),
      passagesSql(attributes),
      '_id, _ordinal',
    ),
    write(
      'dead_letters',
      total((one) => one.deadLetters),
      deadLettersSql(run),
      '_id, _code',
    ),
  ]);
  return counts;
}

const FILES_PER_TASK = 16;

/** A record with a passage that the model cannot embed is a dead letter as a whole. */
function outcomesSql({ failed }: Embedded): string {
  if (failed === 0) return 'SELECT * FROM tl_mapped';
  return `SELECT m.idx, IF(f.id IS NULL, m.record, NULL) AS record, IF(f.id IS NULL, m.passages, array()) AS passages,
      IF(f.id IS NULL, m.dead, named_struct('step', 'embed', 'id', f.id, 'code', f.code, 'message', f.message, 'payload', ${PAYLOAD})) AS dead
    FROM tl_mapped m LEFT JOIN (
      SELECT idx, id, min_by(code, ordinal) AS code, min_by(message, ordinal) AS message FROM (
        SELECT x.idx, x.id, x.p.ordinal AS ordinal, e.code, e.message FROM (SELECT idx, record.id AS id, explode(passages) AS p FROM tl_mapped) x
        JOIN tl_embedded e ON e.hash = x.p.hash AND e.embedding IS NULL) GROUP BY idx, id
    ) f ON f.idx = m.idx AND f.id = m.record.id`;
}

const PAYLOAD = cutSql("to_json(named_struct('text', m.record.text))");

/** At most so many characters of a payload, as the mapper cuts it. */
function cutSql(text: string): string {
  const start = `left(${text}, ${MAX_PAYLOAD - ROOM_FOR_LENGTH})`;
  return `IF(char_length(${text}) <= ${MAX_PAYLOAD}, ${text}, concat(${start}, '… (', char_length(${text}), ' characters)'))`;
}

function vectorsSql({ known }: Embedded, dimension: number): string {
  const fresh = 'SELECT hash, embedding FROM tl_embedded WHERE embedding IS NOT NULL';
  if (known === 0) return fresh;
  const isSound = `size(embedding) = ${dimension} AND forall(embedding, x -> abs(x) < double('Infinity'))`;
  const sound = `IF(${isSound}, embedding, raise_error(concat('${DAMAGED_VECTOR} ', hash)))`;
  // One vector of each text, though two runs may have made one at the same time.
  return `${fresh} UNION ALL SELECT hash, ${sound} AS embedding FROM (SELECT hash, any_value(_embedding) AS embedding FROM tl_cache v
    JOIN (SELECT hash FROM tl_texts WHERE known) t ON t.hash = v._hash GROUP BY hash)`;
}

async function countChunks(
  round: Round,
  { cluster }: RoundRun,
  embedded: Embedded,
): Promise<Map<number, ChunkCounts>> {
  // Texts of records that became dead letters are in no table.
  const fresh = embedded.failed === 0 ? embedded.fresh : await freshInTables(cluster);
  const rows = await cluster.rows(
    'SELECT idx, count(record) AS records, sum(size(passages)) AS passages, count(dead) AS dead FROM tl_outcome GROUP BY idx',
  );
  const byIdx = new Map(rows.map((row) => [Number(row.idx), row]));
  return new Map(
    round.chunks.map(({ idx, chunk }) => {
      const row = byIdx.get(idx);
      const [records, passages, deadLetters] = [row?.records, row?.passages, row?.dead].map((n) =>
        Number(n ?? 0),
      );
      const made = fresh.get(idx) ?? 0;
      return [
        idx,
        {
          ...NO_COUNTS,
          rows: chunk.rows,
          ...{ records: records!, passages: passages!, deadLetters: deadLetters! },
          dropped: Math.max(0, chunk.rows - records! - deadLetters!),
          ...{ embedded: made, cached: passages! - made },
        },
      ];
    }),
  );
}

/** Texts of passages that the model embedded, by the chunk that has them first. */
async function freshInTables(cluster: Cluster): Promise<Map<number, number>> {
  const rows = await cluster.rows(
    `SELECT first, count(*) AS n FROM (SELECT p.hash AS hash, min(idx) AS first FROM (SELECT idx, explode(passages) AS p FROM tl_outcome) GROUP BY p.hash)
      JOIN tl_embedded USING (hash) WHERE embedding IS NOT NULL GROUP BY first`,
  );
  return new Map(rows.map(({ first, n }) => [Number(first), Number(n)]));
}

function recordsSql(attributes: readonly Attribute[]): string {
  return `SELECT ${ofChunk('record.id')}, record.id AS _id, record.text AS _text, ${AT} AS _at, record.hash AS _hash${attributesSql(attributes)}
    FROM tl_outcome m JOIN tl_claimed c USING (idx) WHERE record IS NOT NULL`;
}

function passagesSql(attributes: readonly Attribute[]): string {
  return `SELECT ${ofChunk('p.passage')}, p.passage AS _passage, record.id AS _id, p.ordinal AS _ordinal, p.start AS _start, p.end AS _end, p.text AS _text,
      p.tokens AS _tokens, p.hash AS _hash, v.embedding AS _embedding, ${AT} AS _at${attributesSql(attributes)}
    FROM (SELECT idx, record, explode(passages) AS p FROM tl_outcome WHERE record IS NOT NULL) m
    JOIN tl_vectors v ON v.hash = m.p.hash JOIN tl_claimed c USING (idx)`;
}

function deadLettersSql({ run, clock }: RoundRun): string {
  return `SELECT ${ofChunk('dead.payload')}, dead.step AS _step, dead.id AS _id, dead.code AS _code, dead.message AS _message, dead.payload AS _payload,
      c.attempt AS _attempt, ${sparkString(run)} AS _run, timestamp_millis(${clock()}L) AS _seen
    FROM tl_outcome m JOIN tl_claimed c USING (idx) WHERE dead IS NOT NULL`;
}

/** The folder that a row goes to, and which of the chunk's files. No attribute has a name with capitals. */
function ofChunk(key: string): string {
  return `idx AS chunkIdx, pmod(hash(${key}), greatest(c.files, 1)) AS chunkPart`;
}

const AT = 'timestamp_micros(CAST(record.at AS BIGINT))';

const TYPES = { string: 'STRING', long: 'BIGINT', double: 'DOUBLE', boolean: 'BOOLEAN' } as const;

function attributesSql(attributes: readonly Attribute[]): string {
  return attributes
    .map(({ name, type }, i) => {
      const text = `record.attributes[${i}]`;
      const value =
        type === 'timestamp'
          ? `timestamp_micros(CAST(${text} AS BIGINT))`
          : `CAST(${text} AS ${TYPES[type]})`;
      return `, ${value} AS ${sparkName(name)}`;
    })
    .join('');
}
