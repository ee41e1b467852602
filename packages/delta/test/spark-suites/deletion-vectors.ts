import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { nightly } from '../../../../engines/nightly.ts';
import { type AddFile, type DeletionVector, openTable } from '../../src/index.ts';
import { skip, sql, table } from '../spark.ts';
import { emptyFolder } from '../table.ts';
import { assertReadAlike } from './read-alike.ts';

const ROWS = 70_000; // above 65,536 there is a second container in the bitmap

/** One file of ROWS rows, 0 and up, with deletion vectors switched on. */
async function create(root: string, rows = ROWS): Promise<void> {
  await sql([
    `CREATE TABLE ${table(root)} (id LONG, text STRING) USING delta
       TBLPROPERTIES (delta.enableDeletionVectors = true)`,
    `INSERT INTO ${table(root)} SELECT /*+ COALESCE(1) */ id, concat('text ', id) FROM range(0, ${rows}, 1, 1)`,
  ]);
}

async function vectorsOf(root: string): Promise<DeletionVector[]> {
  const files = await (await openTable(root)).files();
  return files.flatMap(({ deletionVector }) => (deletionVector ? [deletionVector] : []));
}

const DELETED: Record<string, string> = {
  'few rows': 'id IN (0, 7, 65535, 65536, 69999)',
  "a file's tail": 'id >= 60000',
  'thousands of random rows': 'pmod(hash(id), 8) = 3', // 8,700 in two containers: one is a bitmap, one an array
  'runs of rows': '(id BETWEEN 100 AND 30000) OR (id BETWEEN 40000 AND 67000) OR id = 69000',
  'all rows but one': 'id <> 12345',
};

for (const [index, [what, condition]] of Object.entries(DELETED).entries()) {
  test(`a deletion vector: ${what}`, { skip: skip || (index > 0 && nightly) }, async (t) => {
    const root = await emptyFolder(t);
    await create(root);
    await sql(`DELETE FROM ${table(root)} WHERE ${condition}`);
    const [vector, ...others] = await vectorsOf(root);
    assert.equal(vector!.storageType, 'u');
    assert.deepEqual(others, []);
    await assertReadAlike(root);
  });
}

test('deletion vectors that grow, by DELETE, UPDATE and MERGE, read alike at each version', {
  skip: skip || nightly,
}, async (t) => {
  const root = await emptyFolder(t);
  await create(root, 1000);
  await sql([
    `DELETE FROM ${table(root)} WHERE id % 10 = 0`,
    `UPDATE ${table(root)} SET text = 'new' WHERE id % 10 = 1`,
    `MERGE INTO ${table(root)} AS t USING (SELECT id * 5 AS id FROM range(300)) AS s ON t.id = s.id
       WHEN MATCHED AND t.id < 300 THEN DELETE WHEN MATCHED THEN UPDATE SET text = 'merged'
       WHEN NOT MATCHED THEN INSERT (id, text) VALUES (s.id, 'inserted')`,
    `DELETE FROM ${table(root)} WHERE id % 7 = 0`,
  ]);
  assert.ok((await vectorsOf(root)).length > 1);
  for (let version = 0; version <= 5; version++) await assertReadAlike(root, { version });
});

test('a deletion vector that stands in the log itself', { skip: skip || nightly }, async (t) => {
  const root = await emptyFolder(t);
  await create(root, 5000);
  await sql(`DELETE FROM ${table(root)} WHERE id % 3 = 0 AND id < 900`);
  const copy = await withVectorInLog(t, root, 2);
  assert.deepEqual(
    (await vectorsOf(copy)).map(({ storageType }) => storageType),
    ['i'],
  );
  await assertReadAlike(copy);
});

test('deletion vectors in a checkpoint, after it, and gone after REORG', {
  skip: skip || nightly,
}, async (t) => {
  const root = await emptyFolder(t);
  await create(root, 3000);
  await sql([
    `ALTER TABLE ${table(root)} SET TBLPROPERTIES (delta.checkpointInterval = 2)`,
    ...[2, 3, 5, 7].map(
      (prime) => `DELETE FROM ${table(root)} WHERE id % ${prime} = 0 AND id > ${prime * 100}`,
    ),
  ]);
  assert.ok((await vectorsOf(root)).length > 0);
  await assertReadAlike(root);
  await sql(`REORG TABLE ${table(root)} APPLY (PURGE)`);
  assert.deepEqual(await vectorsOf(root), []);
  await assertReadAlike(root);
});

/** A copy whose commit has its vector in the text instead of a file: Spark itself writes files alone. */
async function withVectorInLog(t: TestContext, root: string, version: number): Promise<string> {
  const copy = await emptyFolder(t);
  await cp(root, copy, { recursive: true, filter: (path) => !path.endsWith('.crc') });
  const vectorFile = (await readdir(copy)).find((name) => name.startsWith('deletion_vector_'))!;
  const file = await readFile(join(copy, vectorFile));
  const path = join(copy, '_delta_log', `${String(version).padStart(20, '0')}.json`);
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  const rewritten = lines.map((line) => {
    const action = JSON.parse(line) as { add?: AddFile };
    const vector = action.add?.deletionVector;
    if (vector === undefined) return `${line}\n`;
    const { offset = 0, sizeInBytes, cardinality } = vector;
    const bytes = file.subarray(offset + 4, offset + 4 + sizeInBytes); // their length comes first
    action.add!.deletionVector = {
      storageType: 'i',
      pathOrInlineDv: encodeBase85(bytes),
      sizeInBytes,
      cardinality,
    };
    return `${JSON.stringify(action)}\n`;
  });
  await writeFile(path, rewritten.join(''));
  await rm(join(copy, vectorFile));
  return copy;
}

const BASE85 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';

/** Z85: four bytes are five characters; the last bytes are filled up with zeros. */
function encodeBase85(bytes: Buffer): string {
  const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  let text = '';
  for (let at = 0; at < padded.length; at += 4) {
    const value = padded.readUInt32BE(at);
    for (let power = 4; power >= 0; power--) text += BASE85[Math.floor(value / 85 ** power) % 85];
  }
  return text;
}
