/** A record as the tables have it, with its passages and their themes. */
import {
  openTable,
  quoteIdentifier,
  quoteLiteral,
  relation,
  type Snapshot,
  type TimeTravel,
} from '@throughline/delta';
import type { AnswerOf } from '../api/index.ts';
import { openSession, type Session } from '../engine/local/session.ts';
import { toDuckDb } from '../filter/index.ts';
import { existingBuild } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { plain } from '../search/facets.ts';
import { type IndexManifest, type RecordPlace, withinFilter } from '../search/index.ts';
import type { Attribute } from '../source/mapping.ts';

type RecordAnswer = AnswerOf<'record'>;
type Theme = { id: string; label: string };

export interface RecordRequest {
  id: string;
  /** Where it may be. */
  place: RecordPlace;
  within?: string | undefined;
}

/**
 * Undefined where it is not there, or not within. Of records of one id in several chunks the one of the last chunk. Reads the files of
 * its chunks only; of the assignments, which are not kept by chunk, the ids.
 */
export async function readRecord(
  lake: Lake,
  { build: digest, mapping }: IndexManifest,
  { id, place: { chunks, versions }, within }: RecordRequest,
): Promise<RecordAnswer | undefined> {
  const { tables } = await existingBuild(lake, digest);
  await using session = await openSession();
  const filter = withinFilter(mapping, { within });
  const condition = filter === undefined ? 'true' : toDuckDb(filter, quoteIdentifier);
  const inChunks = { where: [{ column: '_chunk', op: 'in' as const, values: chunks }] };
  await using records = await relation(await openTable(tables.records.root, at(versions.records)), inChunks);
  const [record] = await session.query(
    `SELECT * FROM ${records.sql} WHERE _id = ${quoteLiteral(id)} AND ${condition} ORDER BY _chunk DESC LIMIT 1`,
  );
  if (record === undefined) return undefined;
  const chunk = String(record._chunk);
  const passages = await openTable(tables.passages.root, at(versions.passages));
  const themes = await themesOf(session, lake, { id, chunk });
  const spans = await spansOf(session, passages, { id, chunk });
  return {
    recordId: id,
    text: String(record._text),
    at: isoTime(record._at),
    chunk,
    attributes: attributesOf(record, mapping.attributes),
    passages: spans.map((span) => ({ ...span, theme: themes.get(span.passageId) ?? null })),
    themes: sharesOf(spans.map(({ passageId }) => themes.get(passageId))),
  };
}

function at(version: number | undefined): TimeTravel {
  return version === undefined ? {} : { version };
}

interface Place {
  id: string;
  chunk: string;
}

async function spansOf(session: Session, passages: Snapshot, { id, chunk }: Place) {
  await using all = await relation(passages, { where: [{ column: '_chunk', op: 'in', values: [chunk] }] });
  const rows = await session.query(
    `SELECT _passage, _ordinal, _start, _end FROM ${all.sql} WHERE _id = ${quoteLiteral(id)} ORDER BY _ordinal`,
  );
  return rows.map(({ _passage, _ordinal, _start, _end }) => ({
    passageId: String(_passage),
    ordinal: Number(_ordinal),
    start: Number(_start),
    end: Number(_end),
  }));
}

/** By passage; empty where there are no themes. */
async function themesOf(session: Session, lake: Lake, { id, chunk }: Place) {
  const { themes: version } = await readCurrent(lake);
  if (version === undefined) return new Map<string, Theme & { score: number; margin: number }>();
  await using assigned = await relation(await openTable(lakePath(lake.root, 'assignments', version)));
  await using themes = await relation(await openTable(lakePath(lake.root, 'themes', version)));
  const rows = await session.query(
    `SELECT a._passage, a._score, a._margin, t.id, t.label
     FROM (SELECT * FROM ${assigned.sql} WHERE _chunk = ${quoteLiteral(chunk)} AND _id = ${quoteLiteral(id)}) AS a
     JOIN ${themes.sql} AS t ON t.id = a._theme`,
  );
  return new Map(
    rows.map((row) => [
      String(row._passage),
      {
        id: String(row.id),
        label: String(row.label),
        score: Number(row._score),
        margin: Number(row._margin),
      },
    ]),
  );
}

/** The themes of passages by their share, the greatest first. */
function sharesOf(themes: readonly (Theme | undefined)[]): RecordAnswer['themes'] {
  const shares = new Map<string, Theme & { share: number }>();
  for (const theme of themes) {
    if (!theme) continue;
    const { id, label } = theme;
    shares.set(id, { id, label, share: (shares.get(id)?.share ?? 0) + 1 / themes.length });
  }
  return [...shares.values()].sort((a, b) => b.share - a.share || (a.id < b.id ? -1 : 1));
}

function attributesOf(
  record: Record<string, unknown>,
  attributes: readonly Attribute[],
): RecordAnswer['attributes'] {
  return Object.fromEntries(
    attributes.map(({ name }) => [name, isoTime(record[name]) ?? plain(record[name] ?? null)]),
  );
}

function isoTime(value: unknown): string | null {
  return value instanceof Date ? value.toISOString() : null;
}
