import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseConfig } from '../config/index.ts';
import { openLake } from '../lake/lake.ts';
import { checkSchema } from '../quality/check-schema.ts';
import { mappingOf } from '../source/mapping.ts';
import type { SourceColumn } from '../source/source-columns.ts';
import { readAdded } from './added-columns.ts';
import { knownColumns, readKeptColumns } from './known-columns.ts';
import { recordRun } from './manifest.ts';
import type { Prepared } from './prepare.ts';
import type { RunEffects } from './run-effects.ts';
import { openStreamColumns } from './stream-columns.ts';

const CHECK = { check: 'schema', added: 'warn', missing: 'fail', type: 'fail', name: undefined } as const;

/** A lake, and processes that follow a source into it one after the other: each is told to look and judge. */
async function followed(t: TestContext, source: object, quality: object[] = [{ check: 'schema' }]) {
  const root = await mkdtemp(join(tmpdir(), 'throughline-columns-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const lake = await openLake(root, 't', () => 'pipeline');
  const text = JSON.stringify({ name: 't', source: { id: 'id', text: 'text', ...source }, quality });
  const config = parseConfig(text, 'throughline.yaml', { env: {} });
  const warnings: string[] = [];
  let now = 1_000;
  const effects = {
    clock: () => now++,
    signal: new AbortController().signal,
    reporter: { warning: (message: string) => warnings.push(message) },
  } as unknown as RunEffects;
  return {
    warnings,
    lake,
    known: () => knownColumns(lake),
    start: async () => {
      const columns = openStreamColumns(
        lake,
        { config, mapping: mappingOf(config.source) } as Prepared,
        effects,
      );
      const judge = async (accepted = false) => {
        const seen = { now: await columns.look(), before: await knownColumns(lake), accepted };
        const result = checkSchema(CHECK, seen);
        await columns.judged([result]);
        return [result.status, result.severity, result.sample];
      };
      return { columns, judge };
    },
  };
}

const ADDS = [{ check: 'schema', added: 'add' }];

const TABLE = {
  type: 'postgres',
  url: 'postgres://nobody@nowhere/x',
  table: 'x',
  changes: { watermark: 'at' },
};
const named = (...names: string[]): SourceColumn[] => names.map((name) => ({ name }));
const PASSED = ['passed', 'fail', []];

test('what is to be added is kept for the next start, and told once', async (t) => {
  const { start, warnings, lake } = await followed(t, TABLE, ADDS);
  let there = named('id', 'text');
  const { columns, judge } = await start();
  columns.of({ columns: async () => there });
  await judge();
  there = named('id', 'text', 'Sent By');
  await judge();
  await judge();
  // The next start finds it.
  const { before, added, token } = (await readAdded(lake))!;
  assert.deepEqual([before, added, token], [['id', 'text'], [], undefined]);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /attributes once the stream is stopped and started again: sent_by/);
});

test('what only warns is told once; what is refused stays so, also to the next process, until it is accepted', async (t) => {
  const { start, known } = await followed(t, TABLE);
  let there = named('a', 'b');
  const feed = { columns: async () => there };
  const one = await start();
  one.columns.of(feed);
  assert.deepEqual(await one.judge(), PASSED);
  there = named('a', 'b', 'c');
  assert.deepEqual(await one.judge(), ['failed', 'warn', ['new c']]);
  assert.deepEqual(await one.judge(), PASSED);
  there = named('a', 'c');
  const refused = ['failed', 'fail', ['missing b']];
  assert.deepEqual(await one.judge(), refused);
  assert.deepEqual(await one.judge(), refused);
  await one.columns.close();
  assert.deepEqual(await known(), named('a', 'b', 'c'));
  const step = await start();
  assert.deepEqual(await step.judge(), refused, 'a step that reads nothing of the source');
  const other = await start();
  other.columns.of(feed);
  assert.deepEqual(await other.judge(true), ['failed', 'warn', ['missing b']]);
  assert.deepEqual(await other.judge(), PASSED);
  there = named('a', 'b', 'c');
  assert.deepEqual(await other.judge(), ['failed', 'warn', ['new b']]);
});

test('columns that cannot be asked now are told, and keep nothing up', async (t) => {
  const { start, warnings, known } = await followed(t, TABLE);
  const { columns, judge } = await start();
  columns.of({ columns: () => Promise.reject(new Error('the server is away')) });
  assert.deepEqual(await judge(), PASSED);
  assert.deepEqual(warnings, ['the columns of the source are not compared: the server is away']);
  assert.equal(await known(), undefined);
});

const TOPIC = { type: 'kafka', brokers: 'b:1', topic: 'complaints', timestamp: 'kafka_timestamp' };

/** So many messages have come. */
function bring(
  { columns }: { columns: Awaited<ReturnType<typeof openStreamColumns>> },
  count: number,
  message: object,
  speaksForAll = () => true,
) {
  for (let i = 0; i < count; i++) columns.fields!.add({ id: `${i}`, text: 'a', ...message });
  columns.of({ columns: async () => columns.fields!.take(), speaksForAll });
}

test('messages of several processes are counted together, until there are enough to judge them', async (t) => {
  const { start, known } = await followed(t, TOPIC);
  const run = async (count: number, message: object) => {
    const process = await start();
    bring(process, count, message);
    await process.columns.close();
    return await process.judge();
  };
  await run(150, { category: 'x' });
  assert.equal(await known(), undefined);
  await run(50, { category: 'x' });
  assert.deepEqual(
    (await known())!.map(({ name, share }) => [name, share]),
    [
      ['category', 1],
      ['id', 1],
      ['text', 1],
    ],
  );
  assert.deepEqual(await run(199, {}), PASSED);
  const refused = ['failed', 'fail', ['missing category (100 % of the messages had it, now 0 %)']];
  assert.deepEqual(await run(1, {}), refused);
  assert.deepEqual(
    await run(199, { category: 'x' }),
    refused,
    'it is not known yet whether the source is as it was',
  );
  assert.deepEqual(await run(1, { category: 'x' }), PASSED);
});

test('a mapped field that no message has, or has any more, is told once, without any check', async (t) => {
  const { start, warnings } = await followed(t, { ...TOPIC, attributes: ['categroy', 'kind'] }, []);
  const process = await start();
  const look = async (count: number, message: object) => {
    bring(process, count, message);
    await process.columns.look();
    await process.columns.judged([]);
    return warnings.splice(0);
  };
  const none = (name: string) => `topic complaints: none of 200 messages has a field "${name}"`;
  assert.deepEqual(await look(200, { category: 'x', kind: 'k' }), [
    `${none('categroy')} (did you mean "category"?): it is null in all of their records`,
  ]);
  assert.deepEqual(await look(200, { category: 'x', kind: 'k' }), []);
  assert.deepEqual(await look(200, { category: 'x' }), [
    'the source has changed: missing kind (100 % of the messages had it, now 0 %)',
  ]);
  assert.deepEqual(await look(200, { category: 'x' }), []);
});

test('of processes that share a topic one counts and judges; what it was refused is refused to the others, and they write over nothing', async (t) => {
  const { start, known, lake } = await followed(t, TOPIC);
  const [one, other] = [await start(), await start()];
  let speaker = one;
  const of = (process: typeof one) => () => speaker === process;
  bring(one, 200, { category: 'x' }, of(one));
  assert.deepEqual(await one.judge(), PASSED);
  bring(other, 500, { kind: 'k' }, of(other));
  assert.deepEqual(await other.judge(), PASSED, 'it has nothing to say');
  assert.deepEqual(
    (await known())!.map(({ name }) => name),
    ['category', 'id', 'text'],
  );
  bring(one, 200, {}, of(one));
  const refused = ['failed', 'fail', ['missing category (100 % of the messages had it, now 0 %)']];
  assert.deepEqual(await one.judge(), refused);
  assert.deepEqual(await other.judge(), refused);
  bring(one, 150, { category: 'x' }, of(one));
  assert.deepEqual(await one.judge(), refused);
  assert.equal((await readKeptColumns(lake)).counts!.messages, 150, 'kept with each look');
  await other.columns.close();
  const { counts, latest } = await readKeptColumns(lake);
  assert.deepEqual([counts!.messages, latest!.length], [150, 2]);
  speaker = other;
  bring(other, 50, { category: 'x' }, of(other));
  assert.deepEqual(await other.judge(), PASSED, 'it goes on with what was counted');
  assert.equal((await readKeptColumns(lake)).latest, undefined);
  assert.deepEqual(await one.judge(), PASSED);
  bring(one, 10, {}, of(one));
  await one.columns.close();
  assert.equal((await readKeptColumns(lake)).counts!.messages, 0);
});

test('a mapped field that some message once had is not told as one that is nowhere', async (t) => {
  const { start, warnings } = await followed(t, { ...TOPIC, attributes: ['rare'] }, []);
  const one = await start();
  bring(one, 1, { rare: 1 });
  bring(one, 199, {});
  await one.judge();
  await one.columns.close();
  const other = await start();
  bring(other, 400, {});
  await other.judge();
  assert.deepEqual(warnings, []);
});

test('the history beside a stream says nothing of columns', async (t) => {
  const { known, lake } = await followed(t, TABLE);
  const run = { command: 'run', status: 'done', started: 1, ended: 2 } as const;
  const record = (name: string, options: object, columns: SourceColumn[]) =>
    recordRun(
      lake,
      { ...run, run: name, manifest: { options, result: { sourceColumns: columns } } },
      () => 2,
    );
  await record('r1', {}, named('a'));
  await record('r2', { history: true }, named('b'));
  assert.deepEqual(await known(), named('a'));
});
