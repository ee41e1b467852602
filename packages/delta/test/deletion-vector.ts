import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTable, readCommit, type Snapshot } from '../src/index.ts';
import { commitPath } from '../src/log-name.ts';
import { tableWithRows } from './files.ts';

/** Rows 1 and 3 as a roaring bitmap: magic, one bitmap, its key, then one array container. */
const BITMAP = Buffer.from(
  'd1d33964' +
    '0100000000000000' +
    '00000000' +
    '3a300000' +
    '01000000' +
    '00000100' +
    '10000000' +
    '01000300',
  'hex',
);

/** A table of five rows, 0 to 4, of which another engine has deleted two; `vector` is the path of the vector's file. */
export async function withDeletionVector(
  root: string,
): Promise<{ snapshot: Snapshot; vector: string; rows: bigint[] }> {
  const table = await tableWithRows(root, [['a', 0, 5]]);
  const vector = 'deletion_vector_00000000-0000-0000-0000-000000000000.bin';
  const length = Buffer.alloc(4);
  length.writeUInt32BE(BITMAP.length);
  await writeFile(join(root, vector), Buffer.concat([Buffer.from([1]), length, BITMAP, Buffer.alloc(4)]));
  const [file] = await table.files();
  const { metaData } = (await readCommit(root, 0)).find((action) => 'metaData' in action)!;
  const deletionVector = {
    storageType: 'u' as const,
    pathOrInlineDv: '0'.repeat(20),
    offset: 1,
    sizeInBytes: BITMAP.length,
    cardinality: 2,
  };
  const actions = [
    {
      protocol: {
        minReaderVersion: 3,
        minWriterVersion: 7,
        readerFeatures: ['deletionVectors'],
        writerFeatures: ['deletionVectors'],
      },
    },
    { metaData },
    { remove: { path: file!.path, dataChange: true, deletionTimestamp: Date.now() } },
    { add: { ...file!, deletionVector } },
  ];
  const text = actions.map((action) => `${JSON.stringify(action)}\n`).join('');
  await writeFile(join(root, commitPath(table.version + 1)), text);
  return { snapshot: await openTable(root), vector, rows: [0n, 2n, 4n] };
}
