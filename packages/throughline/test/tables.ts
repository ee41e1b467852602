/** What a lake's tables hold, read by packages/delta, and whether it adds up. */
import assert from 'node:assert/strict';
import { openTable, type Snapshot, scan } from '@throughline/delta';
import { readJson } from '../src/lake/json-file.ts';
import { lakePath } from '../src/lake/lake-path.ts';
import type { RunResult } from '../src/run/index.ts';
import type { Ran } from './cli.ts';

export type Row = Record<string, unknown>;

/** Every row with its columns; an embedding is its Float32Array. */
export async function readTable(root: string): Promise<Row[]> {
  return rowsOf(await openTable(root));
}

export async function rowsOf(snapshot: Snapshot): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of scan(snapshot)) {
    for (let i = 0; i < batch.rows; i++) {
      const cells = Object.entries(batch.columns).map(([name, column]) => {
        const width = column.length / batch.rows;
        return [
          name,
          column instanceof Float32Array && width > 1 ? column.slice(i * width, (i + 1) * width) : column[i],
        ];
      });
      rows.push(Object.fromEntries(cells) as Row);
    }
  }
  return rows;
}

export interface BuildTables {
  records: Row[];
  passages: Row[];
  dead_letters: Row[];
}

/** The tables of the promoted build. */
export async function readBuild(lake: string): Promise<BuildTables> {
  const { build } = (await readJson<{ build: string }>(lakePath(lake, 'current.json')))!;
  const [records, passages, dead_letters] = await Promise.all(
    ['records', 'passages', 'dead_letters'].map((name) => readTable(lakePath(lake, 'builds', build, name))),
  );
  return { records: records!, passages: passages!, dead_letters: dead_letters! };
}

/** Every row of the source went somewhere, and the tables hold what the run said. Only for a run of every chunk. */
export async function assertAddsUp({ json, stderr }: Ran<RunResult>, lake: string): Promise<BuildTables> {
  assert.ok(json?.runId, `run --json printed a result: ${stderr}`);
  const { sourceRows, filtered, dropped, records, deadLetters, passages } = json;
  assert.equal(sourceRows, filtered + dropped + records + deadLetters, 'every source row is accounted for');
  const tables = await readBuild(lake);
  assert.equal(tables.records.length, records);
  assert.equal(tables.passages.length, passages);
  assert.equal(tables.dead_letters.length, deadLetters);
  return tables;
}
