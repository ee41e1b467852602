/** Every format holds the same results as the Parquet file they were written from, and shows a difference as well. */
import assert from 'node:assert/strict';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { array, commit, createTable, field, openPartWriter, struct } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import type { ThroughlineError } from '../error.ts';
import { type CompareRequest, compareSides } from './compare.ts';
import {
  npyBytes,
  type Result,
  results,
  temporaryFolder,
  withRow,
  writeResultsCsv,
  writeResultsJsonl,
  writeResultsParquet,
} from './testing/results.ts';

const ROWS = results(30);
/** One row has the vector of another. */
const OTHER = withRow(ROWS, 4, { embedding: ROWS[5]!.embedding });

type Write = (folder: string, rows: readonly Result[]) => Promise<{ path: string; ids?: string }>;

const vectorsOf = (rows: readonly Result[]) => rows.map(({ embedding }) => embedding!);

function npyWith(type: '<f2' | '<f4' | '<f8', writeIds: Write): Write {
  return async (folder, rows) => {
    const path = join(folder, 'vectors.npy');
    await writeFile(path, npyBytes(vectorsOf(rows), type));
    return { path, ids: (await writeIds(folder, rows)).path };
  };
}

const csv: Write = async (folder, rows) => {
  const path = join(folder, 'results.csv');
  await writeResultsCsv(path, rows);
  return { path };
};
const jsonl: Write = async (folder, rows) => {
  const path = join(folder, 'results.jsonl');
  await writeResultsJsonl(path, rows);
  return { path };
};
const parquet: Write = async (folder, rows) => {
  const path = join(folder, "it's [1].parquet");
  await writeResultsParquet(path, rows);
  return { path };
};
const txt: Write = async (folder, rows) => {
  const path = join(folder, 'ids.txt');
  await writeFile(path, rows.map(({ id }) => `${id}\n`).join(''));
  return { path };
};

const FORMATS: Record<string, Write> = {
  parquet,
  csv,
  jsonl,
  'a folder of parquet files': async (folder, rows) => {
    const path = join(folder, 'parts [1].parquet');
    await mkdir(join(path, 'more'), { recursive: true });
    await writeResultsParquet(join(path, 'one.parquet'), rows.slice(0, 10));
    await writeResultsParquet(join(path, 'more', 'two.parquet'), rows.slice(10));
    return { path };
  },
  tsv: async (folder, rows) => {
    const path = join(folder, 'results.tsv');
    await writeResultsCsv(path, rows, '\t');
    return { path };
  },
  'a Delta table': async (folder, rows) => ({ path: await writeDelta(join(folder, 'table'), rows) }),
  'npy of float32 with ids in csv': npyWith('<f4', csv),
  'npy of float64 with ids in jsonl': npyWith('<f8', jsonl),
  'npy of float32 with ids in parquet': npyWith('<f4', parquet),
  'npy of float16 with ids in txt': npyWith('<f2', txt),
};

async function writeDelta(root: string, rows: readonly Result[]): Promise<string> {
  const schema = struct([
    field('id', 'string'),
    field('text', 'string'),
    field('embedding', array('float')),
    field('theme', 'string'),
  ]);
  const snapshot = await createTable(root, { schema, name: 'results' });
  const writer = await openPartWriter({ root, schema, partitionColumns: [], partition: {} });
  await writer.append({
    rows: rows.length,
    columns: {
      id: rows.map(({ id }) => id),
      text: rows.map(({ text }) => text),
      embedding: rows.map(({ embedding }) => Float32Array.from(embedding!)),
      theme: rows.map(({ theme }) => theme),
    },
  });
  await commit(snapshot, { operation: 'WRITE', add: await writer.close() }, { clock: () => 0 });
  return root;
}

async function comparedWithParquet(t: TestContext, write: Write, rows: readonly Result[]) {
  const folder = await temporaryFolder(t);
  const a = join(folder, 'reference.parquet');
  await writeResultsParquet(a, ROWS);
  const { path, ids } = await write(folder, rows);
  // float16 has 11 bits.
  return compareSides({ a, b: path, ids, columns: {}, limits: { minCosine: 0.99999 } });
}

for (const [name, write] of Object.entries(FORMATS)) {
  test(`${name}: the same results are equal, another vector is found`, async (t) => {
    const same = await comparedWithParquet(t, write, ROWS);
    assert.equal(same.equal, true, JSON.stringify(same.verdict));
    assert.deepEqual([same.matching.rows, same.vectors!.compared], [30, 30]);
    const other = await comparedWithParquet(t, write, OTHER);
    assert.equal(other.equal, false);
    assert.deepEqual(
      other.worst.map(({ id }) => id).filter((id) => id === 'r004'),
      ['r004'],
    );
    assert.equal(other.vectors!.below, 1 / 30);
  });
}

test('vectors as numpy prints them, NaN in them and empty cells are read from CSV', async (t) => {
  const folder = await temporaryFolder(t);
  const [a, b] = [join(folder, 'a.csv'), join(folder, 'b.csv')];
  await writeFile(a, 'id,embedding\n1,"[1, 2]"\n2,"[3, 4]"\n3,"[5, 6]"\n4,"[7, 8]"\n');
  await writeFile(b, 'id,embedding\n1,[1. 2.]\n2,"[nan  4.]"\n3,\n4,"[7.\n 8.]"\n');
  const { vectors, minCosine } = await compareSides({ a, b, columns: {}, limits: {} });
  assert.deepEqual([vectors!.compared, minCosine], [2, 1]);
  assert.deepEqual([vectors!.notFinite.b, vectors!.missing.b], [1, 1]);
});

test('null within a vector is not finite, and a missing vector beside it is missing', async (t) => {
  const folder = await temporaryFolder(t);
  const [a, b] = [join(folder, 'a.jsonl'), join(folder, 'b.jsonl')];
  const line = (id: number, embedding: unknown) => `${JSON.stringify({ id, embedding })}\n`;
  await writeFile(a, [1, 2, 3].map((id) => line(id, [id, 1])).join(''));
  await writeFile(b, line(1, [null, 1]) + line(2, null) + line(3, [3, 1]));
  const { vectors } = await compareSides({ a, b, columns: {}, limits: {} });
  assert.deepEqual([vectors!.compared, vectors!.notFinite.b, vectors!.missing.b], [1, 1, 1]);
});

test('columns of any name are taken as they are told', async (t) => {
  const folder = await temporaryFolder(t);
  const [a, b] = [join(folder, 'a.csv'), join(folder, 'b.csv')];
  await writeFile(a, 'key,said,x,group\n1,hello,"[1,0]",p\n2,bye,"[0,1]",q\n');
  await writeFile(b, 'key,said,x,group\n1,hello,"[1,0]",p\n2,Bye,"[0,1]",p\n');
  const columns = { id: 'key', text: 'said', vector: 'x', theme: 'group' };
  const found = await compareSides({ a, b, columns, limits: {} });
  assert.deepEqual([found.matching.rows, found.changed, found.minCosine], [2, 1, 1]);
  assert.deepEqual(found.themes!.themes, { a: 2, b: 1 });
});

test('whole numbers that pandas made floats are the ids they were', async (t) => {
  const folder = await temporaryFolder(t);
  const [a, b] = [join(folder, 'a.csv'), join(folder, 'b.parquet')];
  await writeFile(a, 'id,text\n1,x\n20000000,y\n');
  await using session = await openSession();
  await session.query(`COPY (SELECT CAST(id AS DOUBLE) AS id, text FROM read_csv('${a}')) TO '${b}'`);
  assert.equal((await compareSides({ a, b, columns: {}, limits: {} })).equal, true);
});

test('passages are matched by id and ordinal, and need not be in one order', async (t) => {
  const folder = await temporaryFolder(t);
  const [a, b] = [join(folder, 'a.csv'), join(folder, 'b.csv')];
  await writeFile(a, 'id,ordinal,text\n1,0,first\n1,1,second\n2,0,only\n');
  await writeFile(b, 'id,ordinal,text\n2,0,only\n1,1,Second\n1,0,first\n1,2,third\n');
  const found = await compareSides({ a, b, columns: {}, limits: {} });
  assert.deepEqual([found.matching.level, found.missing, found.extra, found.changed], ['passages', 0, 1, 1]);
  assert.deepEqual(
    found.examples.changed.map(({ id, ordinal }) => [id, ordinal]),
    [['1', 1]],
  );
  assert.deepEqual([found.matching.missingIds, found.matching.extraIds], [0, 0]);
});

test('a record of several passages beside one row is counted and named, and nothing of it is compared', async (t) => {
  const folder = await temporaryFolder(t);
  const [a, b] = [join(folder, 'a.csv'), join(folder, 'b.csv')];
  await writeFile(a, 'id,ordinal,text,embedding\n1,0,one,[1 0]\n1,1,more,[0 1]\n2,0,two,[1 1]\n');
  await writeFile(b, 'id,text,embedding\n1,one more,[9 9]\n2,two,[1 1]\n');
  const found = await compareSides({ a, b, columns: {}, limits: {} });
  assert.deepEqual([found.equal, found.matching.rows, found.matching.notComparable], [false, 2, 1]);
  assert.equal((await compareSides({ a, b, columns: {}, limits: { notComparable: 1 } })).equal, true);
  assert.deepEqual([found.vectors!.compared, found.changed], [1, 0]);
  assert.ok(found.notes.some((note) => /several passages.*: 1 \(1\); only their ids/.test(note)));
});

test('where no pair has two texts, it is not said that none has changed', async (t) => {
  const folder = await temporaryFolder(t);
  const [a, b] = [join(folder, 'a.csv'), join(folder, 'b.csv')];
  await writeFile(a, 'id,ordinal,text\n1,0,one\n1,1,two\n');
  await writeFile(b, 'id,text\n1,other\n');
  const { changed, equal } = await compareSides({ a, b, columns: {}, limits: { notComparable: 1 } });
  assert.deepEqual([changed, equal], [null, false]);
});

test('rows of one id are told apart by their texts and vectors, whatever form the numbers have', async (t) => {
  const folder = await temporaryFolder(t);
  const [a, b] = [join(folder, 'a.parquet'), join(folder, 'b.parquet')];
  await using session = await openSession();
  const rows = (type: string, order: string) =>
    `SELECT 'x' AS id, CAST([i / 10, 1 - i / 10] AS ${type}[]) AS embedding FROM range(8) t(i) ORDER BY i ${order}`;
  await session.query(`COPY (${rows('FLOAT', 'ASC')}) TO '${a}'`);
  await session.query(`COPY (${rows('DOUBLE', 'DESC')}) TO '${b}'`);
  const { minCosine, equal } = await compareSides({ a, b, columns: {}, limits: {} });
  assert.ok(minCosine! > 0.999999, `${minCosine}`);
  assert.equal(equal, true);
});

test('rows without an id match nothing, and are told', async (t) => {
  const path = join(await temporaryFolder(t), 'a.csv');
  await writeFile(path, 'id,text\n,x\n,x\n1,y\n');
  const found = await compareSides({ a: path, b: path, columns: {}, limits: {} });
  assert.deepEqual([found.equal, found.missing, found.extra, found.duplicates], [false, 2, 2, 0]);
  assert.ok(found.notes.some((note) => note.includes('2 rows without an id')));
});

test('a side without rows is equal to itself', async (t) => {
  const path = join(await temporaryFolder(t), 'a.csv');
  await writeFile(path, 'id,text,embedding,theme\n');
  const found = await compareSides({ a: path, b: path, columns: {}, limits: {} });
  assert.deepEqual([found.equal, found.minCosine, found.topTen, found.ami], [true, null, null, null]);
});

test('a limit that was asked for and cannot be measured is not kept', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'a.csv');
  await writeFile(path, 'id,text\n1,x\n');
  const request = { a: path, b: path, columns: {} };
  assert.equal((await compareSides({ ...request, limits: {} })).equal, true);
  for (const limits of [{ minCosine: 0 }, { topTen: 0 }, { ami: 0 }]) {
    const found = await compareSides({ ...request, limits });
    assert.deepEqual(
      found.verdict.filter(({ ok }) => !ok).map(({ found }) => found),
      [null],
    );
  }
});

async function refused(request: Partial<CompareRequest> & { a: string }, exitCode: number, message: RegExp) {
  await assert.rejects(
    compareSides({ b: request.a, columns: {}, limits: {}, ...request }),
    (error: ThroughlineError) => error.exitCode === exitCode && message.test(error.message),
  );
}

test('what cannot be read is told with its path', async (t) => {
  const folder = await temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  await writeFile(at('no-id.csv'), 'a,b\n1,2\n');
  await writeFile(at('broken.jsonl'), '{"id": 1}\n{"id": \n');
  await writeFile(at('ragged.csv'), 'id,text\n1,x\n2,y,z\n');
  await writeFile(at('words.csv'), 'id,text\n1,x\n');
  await writeFile(at('results.xlsx'), 'x');
  await writeResultsParquet(at('cut.parquet'), ROWS);
  await truncate(at('cut.parquet'), 500);
  await writeFile(at('v.npy'), npyBytes(vectorsOf(ROWS), '<f4'));
  await writeFile(at('few.txt'), 'one\ntwo\n');
  await mkdir(at('empty'));
  await refused({ a: at('absent.csv') }, 66, /absent\.csv/);
  await refused({ a: at('empty') }, 66, /neither a lake nor a table/);
  await refused({ a: at('results.xlsx') }, 64, /ending/);
  await refused({ a: at('no-id.csv') }, 64, /no column that is known as an id/);
  await refused({ a: at('words.csv'), columns: { text: 'tekst' } }, 64, /did you mean "text"/);
  await refused({ a: at('broken.jsonl') }, 65, /broken\.jsonl cannot be read/);
  await refused({ a: at('ragged.csv') }, 65, /ragged\.csv cannot be read/);
  await refused({ a: at('cut.parquet') }, 65, /cut\.parquet cannot be read/);
  await refused({ a: at('v.npy') }, 64, /whose they are/);
  await refused({ a: at('v.npy'), ids: at('few.txt') }, 65, /30 vectors, .*few\.txt has 2 ids/);
  await refused({ a: at('v.npy'), ids: at('absent.txt') }, 66, /absent\.txt/);
});
