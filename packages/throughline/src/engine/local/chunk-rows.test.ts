import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { nodeProgram } from '../../command/testing/node-program.ts';
import { parseConfig } from '../../config/index.ts';
import { prepare } from '../../run/prepare.ts';
import { type ChunkReader, firstRows, openChunkReader } from './chunk-rows.ts';
import { openLocalEngine } from './local-engine.ts';
import { openSession } from './session.ts';
import { stage } from './stage.ts';

/** Rows of one chunk through the transform, where `program` stands for a command with that body. */
async function reading<T>(
  t: TestContext,
  rows: readonly object[],
  transform: unknown[],
  body: string,
  look: (reader: ChunkReader, tables: () => Promise<number>, batches: () => Promise<number[]>) => Promise<T>,
): Promise<T> {
  const program = await nodeProgram(t, body);
  const { directory, command } = program;
  await writeFile(join(directory, 'a.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const text = JSON.stringify({
    name: 't',
    source: { type: 'jsonl', path: 'a.jsonl', id: 'id', text: 'body', attributes: ['n'] },
    transform: transform.map((step) => (step === 'program' ? { command } : step)),
    chunk: { by: 'file' },
    embed: { model: 'hash' },
  });
  const config = parseConfig(text, 'throughline.yaml', { env: {} });
  const loaded = { config, directory, file: 'throughline.yaml' };
  const prepared = await prepare(loaded, openLocalEngine(loaded));
  const { mapping, rule } = prepared;
  await using session = await openSession();
  await stage(session, prepared, { rule });
  await using reader = openChunkReader(session, { config, mapping, directory });
  const tables = async () =>
    (await session.query("SELECT 1 FROM duckdb_tables() WHERE table_name LIKE '%stage%'")).length;
  return await look(reader, tables, program.batches);
}

async function all(reader: ChunkReader) {
  const [rows, dead] = [[] as string[], [] as string[]];
  for await (const batch of reader.read('f:a.jsonl')) {
    rows.push(...batch.rows.map(({ id, text, attributes }) => `${id} ${text} ${attributes}`));
    dead.push(...batch.dead.map(({ id }) => String(id)));
  }
  return { rows, dead };
}

const BODY = `const { columns } = row;
  if (columns.body === 'drop') return send({ type: 'drop', id });
  if (columns.body === 'dead') return send({ type: 'dead_letter', id, message: 'no' });
  send({ type: 'row', id, columns: { body: columns.body.trim(), n: (columns.n ?? '') + '+' } });`;

test('rows keep their order over several batches and stages, with SQL before, between and after', async (t) => {
  const many = Array.from({ length: 5_000 }, (_, i) => ({
    id: `${i}`,
    body: i % 1_000 === 7 ? 'drop' : i % 1_000 === 8 ? 'dead' : ` text ${i} `,
    n: `${i % 3}`,
  }));
  await reading(t, many, [{ drop_nulls: ['text'] }, 'program', 'program'], BODY, async (reader, tables) => {
    const { rows, dead } = await all(reader);
    const left = many.filter(({ body }) => body !== 'drop' && body !== 'dead');
    assert.deepEqual(
      rows,
      left.map(({ id, body, n }) => `${id} ${body.trim()} ${n}++`),
    );
    assert.deepEqual(
      dead,
      many.filter(({ body }) => body === 'dead').map(({ id }) => id),
    );
    assert.equal(await tables(), 1, 'only what was staged of the source is left');
  });
});

test('SQL and steps after a command see what it has made of the rows', async (t) => {
  const rows = [
    { id: '1', body: 'a ', n: 'x' },
    { id: '2', body: 'a', n: 'y' },
    { id: '3', body: 'c\0\u2028d ', n: null },
  ];
  const sql = { sql: "SELECT id, body || '!' AS body, n FROM input WHERE n <> 'y+'" };
  await reading(t, rows, ['program', { dedupe: 'text' }, sql, 'program'], BODY, async (reader) => {
    assert.deepEqual((await all(reader)).rows, ['1 a! x++', '3 c\0\u2028d! ++']);
  });
});

test('for a look at a few rows no more than those go through a command', async (t) => {
  const many = Array.from({ length: 700 }, (_, i) => ({ id: `${i}`, body: 'text', n: 'x' }));
  await reading(t, many, ['program'], BODY, async (reader, _tables, batches) => {
    const first = await firstRows(reader, 'f:a.jsonl', 5);
    assert.deepEqual(
      first.map(({ id }) => id),
      ['0', '1', '2', '3', '4'],
    );
    assert.deepEqual(await batches(), [5]);
  });
});
