/** Whether the vectors of the passages are what the model promises: one pass over the table, and a join only where texts may be cut. */
import type { Session } from '../engine/local/session.ts';
import { duckDbString } from '../filter/duckdb.ts';
import { type Found, rounded } from './found.ts';

/** What the model and the settings of the build promise. */
export interface Promised {
  dimension: number;
  /** Every vector has length 1. */
  normalised: boolean;
  /** `split.mode` is truncate: longer texts are cut. */
  truncates: boolean;
}

export interface EmbeddingLimits {
  truncated?: { max: number } | undefined;
  distinct?: { min: number } | undefined;
}

const NORM_TOLERANCE = 1e-3;
const SHOWN = 10;
/** What JavaScript's trim() takes away, as RE2 has it. */
const WHITE = '[\\t\\n\\v\\f\\r\\pZ\\x{FEFF}]+';

/** `records`, `passages`: table expressions. Memory: DuckDB's, which spills. */
export async function checkEmbeddings(
  { truncated, distinct }: EmbeddingLimits,
  promised: Promised,
  { session, records, passages }: { session: Session; records: string; passages: string },
): Promise<Found> {
  const faults = faultsSql(promised);
  const names = Object.keys(faults);
  const counts = names.map((name) => `count(*) FILTER (WHERE fault = '${name}')::DOUBLE AS "${name}"`);
  const vectors = distinct
    ? ', count(DISTINCT _hash)::DOUBLE AS texts, count(DISTINCT hash(_embedding))::DOUBLE AS vectors'
    : '';
  const cases = names.map((name) => `WHEN ${faults[name]} THEN '${name}'`).join(' ');
  const judged = `SELECT _passage, _hash, _embedding, CASE ${cases} END AS fault FROM (
    SELECT *, list_inner_product(numbers, numbers)::DOUBLE AS square FROM (
      SELECT *, list_transform(_embedding, lambda x: coalesce(x, 'nan'::FLOAT)) AS numbers FROM ${passages} AS p))`;
  const [row] = await session.query(`SELECT ${counts.join(', ')}${vectors} FROM (${judged})`);
  const parts = names.flatMap((name) => (Number(row![name]) > 0 ? [`${name} ${row![name]}`] : []));
  const wrong = names.reduce((sum, name) => sum + Number(row![name]), 0);
  const cut = truncated && (promised.truncates ? await shareCut(session, records, passages) : 0);
  if (cut !== undefined) parts.push(`truncated ${rounded(cut)}`);
  const own = distinct && (Number(row!.texts) === 0 ? 1 : Number(row!.vectors) / Number(row!.texts));
  if (own !== undefined) parts.push(`distinct ${rounded(own)}`);
  const isGood = wrong === 0 && (cut ?? 0) <= (truncated?.max ?? 1) && (own ?? 1) >= (distinct?.min ?? 0);
  return {
    ...{
      status: isGood ? 'passed' : 'failed',
      observed: wrong,
      expected: expectedOf(promised, { truncated, distinct }),
    },
    ...(parts.length > 0 && { detail: parts.join(', ') }),
    sample: wrong === 0 ? [] : await some(session, judged),
  };
}

/** By name, the first that is true counts. */
function faultsSql({ dimension, normalised }: Promised): Record<string, string> {
  return {
    missing: '_embedding IS NULL',
    dimension: `len(_embedding) <> ${dimension}`,
    not_finite: 'NOT isfinite(square)',
    zero: 'square = 0',
    ...(normalised && { norm: `abs(sqrt(square) - 1) > ${NORM_TOLERANCE}` }),
  };
}

/** Which share of the records has a passage that ends before the text does. */
async function shareCut(session: Session, records: string, passages: string): Promise<number> {
  const whole = `regexp_replace(r._text, ${duckDbString(`^${WHITE}|${WHITE}$`)}, '', 'g')`;
  const [row] =
    await session.query(`SELECT count(*)::DOUBLE AS records, count(*) FILTER (WHERE length(p._text) < length(${whole}))::DOUBLE AS cut
    FROM ${records} AS r JOIN (SELECT _chunk, _id, _text FROM ${passages} AS q WHERE _ordinal = 0) AS p USING (_chunk, _id)`);
  return Number(row!.records) === 0 ? 0 : Number(row!.cut) / Number(row!.records);
}

async function some(session: Session, judged: string): Promise<string[]> {
  const rows = await session.query(
    `SELECT _passage FROM (${judged}) WHERE fault IS NOT NULL ORDER BY _passage LIMIT ${SHOWN}`,
  );
  return rows.map(({ _passage }) => String(_passage));
}

function expectedOf({ dimension, normalised }: Promised, { truncated, distinct }: EmbeddingLimits): string {
  return [
    `0 passages without ${dimension} finite numbers${normalised ? ' of length 1' : ''}`,
    ...(truncated ? [`truncated at most ${truncated.max}`] : []),
    ...(distinct ? [`distinct at least ${distinct.min}`] : []),
  ].join(', ');
}
