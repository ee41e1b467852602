/** The proof that nothing is left: every table is asked, and every file is read. */
import { FileNotFoundError, openTable } from '@throughline/delta';
import { openStore } from '@throughline/delta/store';
import { openSession, type Session } from '../engine/local/session.ts';
import type { Lake } from '../lake/lake.ts';
import { isRemote, lakePath } from '../lake/lake-path.ts';
import { copiesFolder } from '../search/index-copy.ts';
import type { Proof } from './forget.ts';
import { lakeContent, namesOf } from './lake-content.ts';
import { bytesHold, needlesOf } from './search-bytes.ts';
import { parquetHolds, tableTraces, textsOfOthers } from './search-rows.ts';
import type { Subject } from './subject.ts';

/** A place where one of the records is still named, or how one of its texts begins. */
export interface Trace {
  /** A table (folder below the lake), a file below the lake, or a file of this machine. */
  where: string;
  /** Of a table the column, and how many rows; of a file nothing. */
  column?: string;
  rows?: number;
}

/**
 * Searches every table as it is now, and the bytes of every file below the lake and of its index copies on this machine; in
 * Parquet files, which are compressed, also the values. Short ids (below 6 characters) and texts (below 32) occur in bytes by chance: they
 * are only searched as whole values, such ids in columns of ids. Memory: a piece of a file.
 */
export async function prove(lake: Lake, subject: Subject): Promise<Proof> {
  await using session = await openSession();
  const { tables } = await lakeContent(lake);
  const { looked, shared } = await withoutShared(lake, subject, session);
  const traces: Trace[] = [];
  for (const table of tables) {
    const snapshot = await openTable(lakePath(lake.root, ...namesOf(table)));
    for (const found of await tableTraces(session, snapshot, looked)) traces.push({ where: table, ...found });
  }
  traces.push(...(await tracesBelow(session, lake.root, looked)));
  if (isRemote(lake.root)) {
    const copies = copiesFolder(lake);
    const found = await tracesBelow(session, copies, looked);
    traces.push(...found.map(({ where }) => ({ where: `${copies}/${where}` })));
  }
  return { traces, ids: looked.ids.size, texts: looked.texts.size, shared };
}

/** Without the texts that say nothing, as they begin as those of other records do, and how many these are. */
export async function withoutShared(
  lake: Lake,
  subject: Subject,
  session: Session,
): Promise<{ looked: Subject; shared: number }> {
  const others = await textsOfOthers(session, lake, (await lakeContent(lake)).tables, subject);
  const texts = new Set([...subject.texts].filter((text) => !others.has(text)));
  return { looked: { ...subject, texts }, shared: others.size };
}

/** In the files of a folder; one that goes meanwhile has nothing. Memory: their names, and a piece of one. */
async function tracesBelow(session: Session, root: string, subject: Subject): Promise<Trace[]> {
  const store = openStore(root);
  const needles = needlesOf(subject);
  const names: string[] = [];
  for await (const { path } of store.walk('')) names.push(path);
  const traces: Trace[] = [];
  for (const name of names.sort()) {
    const file = await store.fetch(name).catch(unlessGone);
    if (file === undefined) continue;
    try {
      const values = () => name.endsWith('.parquet') && parquetHolds(session, file.localPath, subject);
      if ((await bytesHold(file.localPath, needles)) || (await values())) traces.push({ where: name });
    } finally {
      await file.release();
    }
  }
  return traces;
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof FileNotFoundError)) throw error;
}
