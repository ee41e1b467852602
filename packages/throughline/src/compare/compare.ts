/**
 * Whether two sides hold the same results. All rows are copied into a database on disk, in the folder for temporary files,
 * and stay there: disk for both sides is needed, memory does not grow with them (some 2 GB, measured with 300,000 and with
 * 900,000 rows of 384 numbers).
 */
import { openSession, type Session } from '../engine/local/session.ts';
import { type Examples, examplesOf, type WorstRow, worstRows } from './examples.ts';
import { type Key, keyOf } from './key.ts';
import type { RecordedSide } from './lake-side.ts';
import { matchSides, measurePairs } from './match.ts';
import { type NeighbourOverlap, neighbourOverlap } from './neighbours.ts';
import { notesOf } from './notes.ts';
import { openSide, type SideOptions } from './open-side.ts';
import type { Role, Side, SideKind } from './side.ts';
import { stageSide } from './stage-side.ts';
import { type ThemeAgreement, themeAgreement } from './theme-agreement.ts';
import { type VectorAgreement, vectorAgreement } from './vectors.ts';
import { DEFAULT_LIMITS, type Limits, type VerdictLine, verdictOf } from './verdict.ts';

export interface CompareRequest extends SideOptions {
  a: string;
  b: string;
  limits: Limits;
  /** Where B is a lake: a build of it that is not promoted, and has no themes yet. */
  candidate?: string;
  /** Where A is a lake: its tables as a run has left them. */
  recorded?: RecordedSide;
  /** Whether vectors are compared only where the text is the same: of data that goes on. */
  sameTextsOnly?: boolean;
  /** Rows whose neighbours are compared; DEFAULT_QUERIES unless given. */
  queries?: number;
  /** Told what is done next. */
  onStage?: (stage: string) => void;
}

const DEFAULT_QUERIES = 200;

export interface SideCounts {
  path: string;
  kind: SideKind;
  /** Passages or records, as they are compared. */
  rows: number;
  /** Different ids. */
  ids: number;
  /** Rows without an id; they have no counterpart. */
  withoutId: number;
  /** Rows with a vector. */
  vectors: number;
  /** Rows beyond the first of their key. */
  duplicates: number;
}

export interface Comparison {
  /** All limits are kept. */
  equal: boolean;
  /** Rows of A that are not in B, rows of B that are not in A, and rows whose text differs (null without texts). */
  missing: number;
  extra: number;
  changed: number | null;
  minCosine: number | null;
  topTen: number | null;
  ami: number | null;
  ari: number | null;
  counts: { a: SideCounts; b: SideCounts };
  matching: {
    level: Key['level'];
    by: readonly Role[];
    /** Rows that both sides have. */
    rows: number;
    /** Of them, records of several passages beside one row: their vectors and themes are not compared. */
    notComparable: number;
    /** Ids of which the other side has no row at all. */
    missingIds: number;
    extraIds: number;
  };
  /** Rows that one side repeats more often than the other. */
  duplicates: number;
  vectors: VectorAgreement | null;
  neighbours: NeighbourOverlap | null;
  themes: ThemeAgreement | null;
  /** Rows that a lake could not process, by reason; null for files. */
  deadLetters: { a: Record<string, number> | null; b: Record<string, number> | null };
  worst: WorstRow[];
  examples: Examples;
  /** What a reader has to know to judge the rest, as sentences. */
  notes: string[];
  verdict: VerdictLine[];
}

/** Throws with exit code 66 if a side is not there, 65 if it cannot be read, 64 if the two cannot be matched. */
export async function compareSides(request: CompareRequest): Promise<Comparison> {
  await using session = await openSession();
  await using a = closing(await openSide(session, 'a', request.a, request));
  await using b = closing(
    await openSide(session, 'b', request.b, { ...request, build: request.candidate, recorded: undefined }),
  );
  return await compareOpened(session, a.side, b.side, request);
}

function closing(side: Side) {
  return { side, [Symbol.asyncDispose]: () => side.close() };
}

async function compareOpened(
  session: Session,
  a: Side,
  b: Side,
  { limits, queries = DEFAULT_QUERIES, sameTextsOnly = false, onStage = () => {} }: CompareRequest,
): Promise<Comparison> {
  const key = keyOf(a, b);
  onStage(`Reading ${a.path}`);
  await stageSide(session, 'a', a, key);
  onStage(`Reading ${b.path}`);
  await stageSide(session, 'b', b, key);
  onStage('Matching rows');
  await matchSides(session, key);
  onStage('Comparing texts and vectors');
  await measurePairs(session);
  if (sameTextsOnly) await session.query('UPDATE measured SET comparable = false WHERE changed');
  const both = (role: Role) => a.has.has(role) && b.has.has(role);
  const { changed, texts, matching, ...found } = await countPairs(session, key);
  const vectors = both('vector')
    ? await vectorAgreement(session, limits.minCosine ?? DEFAULT_LIMITS.minCosine)
    : undefined;
  onStage('Comparing neighbours');
  const neighbours = both('vector') ? await neighbourOverlap(session, queries) : undefined;
  onStage('Comparing themes');
  const themes = both('theme') ? await themeAgreement(session) : undefined;
  const measures = {
    ...found,
    matched: matching.rows,
    changed: both('text') ? (texts > 0 || matching.rows === 0 ? changed : null) : undefined,
    notComparable: matching.notComparable,
    minCosine: vectors?.min,
    unlikeVectors: vectors?.unlike,
    topTen: neighbours?.overlap,
    ami: themes?.ami,
    ari: themes?.ari,
  };
  const verdict = verdictOf(measures, limits);
  const examples = await examplesOf(session);
  const counts = { a: await countsOf(session, 'a', a), b: await countsOf(session, 'b', b) };
  return {
    equal: verdict.every(({ ok }) => ok),
    missing: found.missing,
    extra: found.extra,
    changed: measures.changed ?? null,
    minCosine: measures.minCosine ?? null,
    topTen: measures.topTen ?? null,
    ami: measures.ami ?? null,
    ari: measures.ari ?? null,
    counts,
    matching,
    duplicates: found.duplicates,
    vectors: vectors ?? null,
    neighbours: neighbours ?? null,
    themes: themes ?? null,
    deadLetters: { a: a.lake?.deadLetters ?? null, b: b.lake?.deadLetters ?? null },
    worst: await worstRows(session),
    examples,
    notes: notesOf({ a, b, key, matching, counts, examples }),
    verdict,
  };
}

async function countPairs(session: Session, { level, columns }: Key) {
  const [row] = await session.query(`SELECT count(*) FILTER (b IS NULL AND nth = 1) AS missing,
      count(*) FILTER (a IS NULL AND nth = 1) AS extra,
      count(*) FILTER (nth > 1 AND (a IS NULL OR b IS NULL)) AS duplicates,
      count(*) FILTER (a IS NOT NULL AND b IS NOT NULL) AS matched,
      count(*) FILTER (a IS NOT NULL AND b IS NOT NULL AND NOT comparable) AS not_comparable
    FROM pairs`);
  const [measured] = await session.query(
    'SELECT count(*) FILTER (changed) AS changed, count(changed) AS texts FROM measured',
  );
  const only = async (x: 'a' | 'b', y: 'a' | 'b') => {
    const [ids] = await session.query(
      `SELECT count(DISTINCT x.id) AS ids FROM ${x}_rows AS x ANTI JOIN ${y}_rows AS y ON x.id = y.id`,
    );
    return Number(ids!.ids);
  };
  return {
    missing: Number(row!.missing),
    extra: Number(row!.extra),
    duplicates: Number(row!.duplicates),
    changed: Number(measured!.changed),
    /** Pairs of which both have a text. */
    texts: Number(measured!.texts),
    matching: {
      level,
      by: columns,
      rows: Number(row!.matched),
      notComparable: Number(row!.not_comparable),
      missingIds: await only('a', 'b'),
      extraIds: await only('b', 'a'),
    },
  };
}

async function countsOf(session: Session, name: 'a' | 'b', { path, kind }: Side): Promise<SideCounts> {
  const [row] =
    await session.query(`SELECT count(*) AS rows, count(DISTINCT id) AS ids, count(*) - count(id) AS without_id,
    count(*) FILTER (state <> 'missing') AS vectors, (SELECT count(*) FROM ${name}_nth WHERE nth > 1) AS duplicates FROM ${name}_rows`);
  return {
    path,
    kind,
    rows: Number(row!.rows),
    ids: Number(row!.ids),
    withoutId: Number(row!.without_id),
    vectors: Number(row!.vectors),
    duplicates: Number(row!.duplicates),
  };
}
