import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError, parseConfig } from '../../config/index.ts';
import { prepare } from '../../run/prepare.ts';
import type { Staged } from '../engine.ts';
import { openChunkReader } from './chunk-rows.ts';
import { openLocalEngine } from './local-engine.ts';
import { rejectedRows } from './rejected-rows.ts';
import { openSession, type Session } from './session.ts';
import { stage } from './stage.ts';

const BASE = `name: t\nsource:\n  type: csv\n  path: a.csv\n  id: id\n  text: body\n  timestamp: day\n  attributes: [product]\n`;
const HEADER = 'id,body,day,product\n';

async function staged<T>(
  csv: string,
  extra: string,
  look: (result: Staged, session: Session, rows: (chunk: string) => Promise<unknown[]>) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'stage-'));
  await writeFile(join(directory, 'a.csv'), csv);
  const config = parseConfig(`${BASE}${extra}embed: { model: hash }\n`, 'throughline.yaml', { env: {} });
  const loaded = { config, directory, file: 'throughline.yaml' };
  const prepared = await prepare(loaded, openLocalEngine(loaded));
  await using session = await openSession();
  const result = await stage(session, prepared, prepared);
  return await look(result, session, async (chunk) => {
    const rows = [];
    const { mapping } = prepared;
    await using reader = openChunkReader(session, { config, mapping, directory });
    for await (const batch of reader.read(chunk)) rows.push(...batch.rows);
    return rows;
  });
}

const WEEKS = 'chunk: { by: day, every: 7d }\n';

test('rows fall into windows, and rows without a time into none', async () => {
  const csv = `${HEADER}1,a,2024-01-01,x\n2,b,2024-01-07,x\n3,c,2024-01-08,y\n4,d,,y\n5,e,soon,y\n`;
  await staged(csv, WEEKS, async ({ chunks, sourceRows, filtered }) => {
    assert.deepEqual(
      chunks.map(({ id, rows }) => [id, rows]),
      [
        ['d:2024-01-01', 2],
        ['d:2024-01-08', 1],
        ['none', 2],
      ],
    );
    assert.deepEqual([sourceRows, filtered], [5, 0]);
  });
});

test('the filter is applied before chunks are made, and counted', async () => {
  const filter = `  filter: product == "x" && day >= timestamp("2024-01-02T00:00:00Z")\n`;
  await staged(
    `${HEADER}1,a,2024-01-01,x\n2,b,2024-01-07,x\n3,c,2024-01-08,y\n`,
    filter + WEEKS,
    async ({ chunks, filtered }) => {
      assert.deepEqual(
        chunks.map(({ id, rows }) => [id, rows]),
        [['d:2024-01-01', 1]],
      );
      assert.equal(filtered, 2);
    },
  );
});

test('a digest says whether the rows of a chunk are equal, in any order but that of rows of one id', async () => {
  const row = fc
    .tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y'))
    .map((cells) => `${cells[0]},${cells[1]},2024-01-01,${cells[2]}\n`);
  const digest = (rows: string[]) =>
    staged(HEADER + rows.join(''), WEEKS, async ({ chunks }) => chunks[0]!.digest);
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 4 }),
      fc.array(row, { minLength: 1, maxLength: 4 }),
      async (one, other) => {
        const equal = JSON.stringify(ranked(one)) === JSON.stringify(ranked(other));
        assert.equal((await digest(one)) === (await digest(other)), equal);
      },
    ),
    { numRuns: 15 },
  );
});

/** Rows in any order, each with its rank among those of its id. */
const ranked = (rows: readonly string[]) =>
  rows.map((one, i) => `${one}#${rows.slice(0, i).filter((before) => before[0] === one[0]).length}`).sort();

test('the order of rows counts where one takes the place of another', async () => {
  const digest = (rows: string, extra = '') =>
    staged(HEADER + rows, extra + WEEKS, async ({ chunks }) => chunks[0]!.digest);
  const [a, b] = ['1,a,2024-01-01,x\n', '1,b,2024-01-01,y\n'];
  assert.notEqual(await digest(a + b), await digest(b + a));
  const [c, d] = ['2,a,2024-01-01,x\n', '3,a,2024-01-02,y\n'];
  assert.equal(await digest(c + d), await digest(d + c));
  for (const key of ['body', 'text']) {
    const dedupe = `transform: [{ dedupe: ${key} }]\n`;
    assert.notEqual(await digest(c + d, dedupe), await digest(d + c, dedupe));
  }
  assert.equal(
    await digest(c + d, 'transform: [{ dedupe: product }]\n'),
    await digest(d + c, 'transform: [{ dedupe: product }]\n'),
  );
});

test('of equal ids in a chunk all but the last are superseded', async () => {
  await staged(
    `${HEADER}1,a,2024-01-01,x\n1,b,2024-01-02,x\n2,c,2024-01-02,x\n1,d,2024-02-02,x\n`,
    WEEKS,
    async (_result, _session, rows) => {
      const first = (await rows('d:2024-01-01')) as { text: string[]; superseded: boolean }[];
      assert.deepEqual(
        first.map(({ text, superseded }) => [text[0], superseded]),
        [
          ['a', true],
          ['b', false],
          ['c', false],
        ],
      );
      assert.equal(((await rows('d:2024-01-29')) as { superseded: boolean }[])[0]!.superseded, false);
    },
  );
});

test('steps of a transform are applied in order, per chunk', async () => {
  const transform = `transform:\n  - { drop_nulls: [product] }\n  - { sql: "SELECT id, upper(body) AS body, day, product FROM input WHERE id <> '9'" }\n  - { dedupe: text }\n`;
  await staged(
    `${HEADER}1,a,2024-01-01,x\n2,A,2024-01-01,x\n3,b,2024-01-01,\n9,c,2024-01-01,x\n`,
    transform + WEEKS,
    async (_result, _session, rows) => {
      const left = (await rows('d:2024-01-01')) as { id: string; text: string[] }[];
      assert.deepEqual(
        left.map(({ id, text }) => [id, text[0]]),
        [['1', 'A']],
      );
    },
  );
});

test('SQL that does not give back the mapped columns is an error of the config', async () => {
  const transform = `transform: [{ sql: "SELECT id FROM input" }]\n`;
  await assert.rejects(
    staged(`${HEADER}1,a,2024-01-01,x\n`, transform + WEEKS, async () => {}),
    ConfigError,
  );
});

test('lines that are not rows are kept with their place', async () => {
  await staged(
    `${HEADER}1,a,2024-01-01,x\n2,b,c,2024-01-01,x\n3\n`,
    WEEKS,
    async ({ chunks, sourceRows }, session) => {
      assert.equal(sourceRows, 3);
      assert.deepEqual(chunks.at(-1)!.id, 'none');
      const rejects = [];
      for await (const batch of rejectedRows(session)) rejects.push(...batch);
      assert.deepEqual(
        rejects.map(({ code }) => code),
        ['too_many_columns', 'missing_columns'],
      );
      assert.match(rejects[0]!.message, /^a\.csv:3: /);
    },
  );
});
