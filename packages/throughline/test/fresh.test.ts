/** What a stream commits to the tables is found by whoever searches, without a new index. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ColumnBatch, commit, scan, writeParquet } from '@throughline/delta';
import { existingBuild } from '../src/lake/build.ts';
import { readCurrent } from '../src/lake/lake.ts';
import type { SearchResult } from '../src/search/index.ts';
import { run } from './cli.ts';
import { type ServedProject, served, servedProject } from './served.ts';

let project: ServedProject;
before(async () => {
  project = await servedProject(30);
});
after(() => project?.remove());

const WORD = 'zyzzyva';

/** A stream's commit: a copy of a record, with another id and one more word. Records before passages, as streams commit. */
async function streamCopy(of: string, id: string): Promise<void> {
  const { build } = await readCurrent(project.lake);
  const { tables } = await existingBuild(project.lake, build!);
  for (const table of [tables.records, tables.passages]) {
    const { root, metadata } = table;
    const { schema, partitionColumns } = metadata;
    for await (const batch of scan(table, { where: [{ column: '_id', op: '=', value: of }] })) {
      const { _chunk, ...columns } = batch.columns;
      const changed = (name: string, to: (text: string) => string) =>
        Array.from(columns[name]!, (text) => to(String(text)));
      const partition = { _chunk: String(_chunk![0]) };
      const rows: ColumnBatch = {
        rows: batch.rows,
        columns: {
          ...columns,
          _id: changed('_id', () => id),
          _text: changed('_text', (text) => `${text} ${WORD}`),
          ...(columns._passage && { _passage: changed('_passage', (passage) => `${passage}-${id}`) }),
        },
      };
      const add = await writeParquet({ root, schema, partitionColumns, partition }, [rows]);
      const info = { throughline: { stream: 'test', after: null, to: 1 } };
      await commit(table, { operation: 'MERGE', add, info });
    }
  }
}

test('a record of a stream is found by the command and the server, opens, and is told of', async () => {
  const of = project.rows[0]!.complaint_id;
  await using server = await served(project);
  const { client } = server;
  const question = { query: WORD, mode: 'keyword' as const, facets: ['product'] };
  assert.equal((await client.call('search', { body: question })).hits.length, 0);
  const { product } = (await client.call('record', { params: { id: of } })).attributes;
  await streamCopy(of, 'streamed-1');
  let found = await client.call('search', { body: question });
  for (let i = 0; i < 200 && found.hits.length === 0; i++) {
    await sleep(50);
    found = await client.call('search', { body: question });
  }
  assert.deepEqual(
    found.hits.map(({ recordId }) => recordId),
    ['streamed-1'],
  );
  assert.equal(
    found.facets!.product!.reduce((sum, { records }) => sum + records, 0),
    31,
  );
  const record = await client.call('record', { params: { id: 'streamed-1' } });
  assert.match(record.text, new RegExp(`${WORD}$`));
  assert.equal(record.attributes.product, product);
  assert.ok(record.passages.some(({ passageId }) => passageId === found.hits[0]!.passageId));
  const { fresh } = await client.call('index');
  assert.ok(fresh!.passages >= 1 && fresh!.complete && fresh!.newestAt !== null);
  const { text } = await server.send('GET', '/metrics');
  assert.match(text, /throughline_fresh_passages [1-9]/);
  assert.match(text, /throughline_fresh_newest_commit_age_seconds \d/);

  const search = (...args: string[]) =>
    run<SearchResult>(['search', ...args, '--json'], { cwd: project.folder });
  const { json, stderr } = await search(WORD, '--mode', 'keyword');
  assert.deepEqual([json.hits.map(({ recordId }) => recordId), stderr], [['streamed-1'], '']);
  assert.equal((await search(WORD, '--mode', 'keyword', '--index', json.index)).json.hits.length, 0);
});
