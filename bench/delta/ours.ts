/** `node ours.ts COMMAND ARGS`: one measurement in a process of its own; the answer is JSON on stdout. */
import { open } from 'node:fs/promises';
import {
  array,
  type ColumnBatch,
  commit,
  createTable,
  field,
  openTable,
  scan,
  struct,
  writeParquet,
} from '../../packages/delta/src/index.ts';
import { WIDTH } from './source.ts';

const SCHEMA = struct([field('id', 'long', false), field('vector', array('float'), false)]);
const ROWS_AT_ONCE = 8192;

const COMMANDS: Record<string, (...args: string[]) => Promise<object>> = {
  write: async (root, vectors) => {
    const table = await createTable(root!, { schema: SCHEMA });
    const target = { root: root!, schema: SCHEMA, partitionColumns: [], partition: {} };
    const add = await writeParquet(target, batches(vectors!));
    await commit(table, { operation: 'WRITE', add });
    return {};
  },
  scan: async (root) => {
    let [rows, sum] = [0, 0];
    for await (const batch of scan(await openTable(root!), { columns: ['id', 'vector'] })) {
      const floats = batch.columns.vector as Float32Array;
      for (let i = 0; i < floats.length; i += WIDTH) sum += floats[i]!;
      rows += batch.rows;
    }
    return { rows, sum };
  },
  open: async (root) => {
    const { version } = await openTable(root!);
    return { version };
  },
  files: async (root) => ({ files: (await (await openTable(root!)).files()).length }),
  stale: async (root, appId, version) => {
    const result = await commit(await openTable(root!), {
      operation: 'WRITE',
      add: [],
      txn: { appId: appId!, version: Number(version) },
    });
    return { committed: result.committed };
  },
};

async function* batches(path: string): AsyncGenerator<ColumnBatch> {
  const file = await open(path);
  try {
    for (let first = 0n; ; ) {
      const buffer = new Float32Array(ROWS_AT_ONCE * WIDTH);
      const { bytesRead } = await file.read(Buffer.from(buffer.buffer));
      const rows = bytesRead / 4 / WIDTH;
      if (rows === 0) return;
      const start = first;
      const id = BigInt64Array.from({ length: rows }, (_, row) => start + BigInt(row));
      yield { rows, columns: { id, vector: buffer.subarray(0, rows * WIDTH) } };
      first += BigInt(rows);
    }
  } finally {
    await file.close();
  }
}

const [command, ...args] = process.argv.slice(2);
const start = performance.now();
const answer = await COMMANDS[command!]!(...args);
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ seconds, mebibytes: process.resourceUsage().maxRSS / 1024, ...answer }));
