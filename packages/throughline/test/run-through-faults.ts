/** Rows through the whole product against a fake API with every fault on, and what became of each. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { MARKS } from '../../../fake-api/asked.ts';
import { type FakeApiOptions, parseFaults } from '../../../fake-api/options.ts';
import { startFakeApi } from '../../../fake-api/server.ts';
import { vectorOf } from '../../../fake-api/vector.ts';
import { project } from './project.ts';
import { assertDone } from './same-lake.ts';
import { readBuild } from './tables.ts';

export interface FaultsOfRun {
  rows: number;
  seed: number;
  /** As on the command line of the fake API. */
  faults: string;
  options?: Partial<FakeApiOptions>;
}

const DIMENSION = 32;
/** Runs until one ends with 0: each goes on where the one before it was. */
const MOST_RUNS = 10;
/** When its batch fails, and when it fails alone. */
const HARMLESS_A_ROW = 2;
/** What a text with each mark ends as. */
const CODES = { refused: 'http_400', nan: 'http_invalid', crash: 'http_500' } as const;

/** Nothing is lost, twice or wrong, each reason is right, and hardly a text is paid for that need not be. */
export async function runThroughFaults(t: TestContext, faults: FaultsOfRun): Promise<void> {
  const { csv, expected } = rowsOf(faults.rows);
  const api = await startFakeApi({
    ...{ dimension: DIMENSION, seed: faults.seed, faults: parseFaults(faults.faults) },
    ...faults.options,
  });
  t.after(() => api.stop());
  const made = await project(t, csv, {
    source: { id: 'id', text: 'text', timestamp: 'day', attributes: [] },
    chunk: { by: 'day', every: '1d' },
    embed: {
      ...{ model: 'openai:fake-embedding', url: api.url, dimension: DIMENSION, normalize: false, batch: 20 },
      requests: { timeout: '1s', wait: '20ms' },
    },
    retry: { wait: '20ms' },
  });
  const started = performance.now();
  let runs = 1;
  let last = await made.run('run', '--only', 'map', '--json');
  for (; last.code !== 0 && runs < MOST_RUNS; runs++) {
    assert.ok(last.code === 69 || last.code === 75, `ended with ${last.code}: ${last.stderr}`);
    last = await made.run('run', '--only', 'map', '--json');
  }
  assert.equal(last.code, 0, last.stderr);
  await assertDone(made);
  const { records, passages, dead_letters } = await readBuild(made.lake);
  assert.equal(records.length + dead_letters.length, faults.rows, 'nothing is lost');
  assert.equal(new Set(records.map(({ _id }) => _id)).size, records.length, 'nothing is twice');
  for (const { _text, _embedding, _id } of passages)
    assert.deepEqual(_embedding, vectorOf(String(_text), DIMENSION), `the vector of ${_id}`);
  const reasons = new Map(dead_letters.map(({ _id, _code }) => [_id, _code]));
  assert.deepEqual(reasons, expected);
  const { paidItems, spoiledItems, requests, faults: met } = api.stats();
  const needed = new Set(passages.map(({ _text }) => _text)).size;
  t.diagnostic(
    `${runs} runs, ${((performance.now() - started) / 1000).toFixed(1)} s, ${requests} requests, ${paidItems} texts paid, ${needed} needed, ${spoiledItems} spoiled by ${JSON.stringify(met)}`,
  );
  // A row that cannot be embedded is a fault as well: a harmless text is asked for before it is given up.
  const harmless = HARMLESS_A_ROW * expected.size;
  assert.ok(paidItems <= 1.02 * needed + spoiledItems + harmless, `${paidItems} were paid`);
}

/** One row in 100 cannot be embedded, for one of three reasons; 200 rows a day. */
function rowsOf(count: number): { csv: string; expected: Map<string, string> } {
  const expected = new Map<string, string>();
  const kinds = ['refused', 'nan', 'crash'] as const;
  const lines = Array.from({ length: count }, (_, i) => {
    const kind = i % 100 === 42 ? kinds[Math.floor(i / 100) % kinds.length] : undefined;
    if (kind) expected.set(`r${i}`, CODES[kind]);
    const day = new Date(Date.UTC(2024, 0, 1 + Math.floor(i / 200))).toISOString().slice(0, 10);
    return `r${i},${day},They charged fee number ${i} twice ${kind ? MARKS[kind] : ''}`;
  });
  return { csv: `id,day,text\n${lines.join('\n')}\n`, expected };
}
