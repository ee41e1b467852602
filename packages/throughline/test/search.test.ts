/** Search from the command line, on the default model. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { nightly } from '../../../engines/nightly.ts';
import { existingLake } from '../src/lake/lake.ts';
import { openSearcher, type Searcher, type SearchRequest, type SearchResult } from '../src/search/index.ts';
import { begun } from './begun.ts';
import { ended, type Ran, start } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';

const ROWS = complaints(200);
const MODES = ['hybrid', 'semantic', 'keyword'] as const;
const QUESTION = 'they keep calling about a debt that is not mine';
const execute = promisify(execFile);

/** One lake for all questions. */
const promoted = begun(toCsv(ROWS), { embed: { model: 'minilm' } });
/** For tests that go on from a lake: of the model that needs no time. */
const promotedSmall = begun(toCsv(complaints(400)));
let lake: Project;
/** The same without a command for each question. */
let searcher: Searcher;
before(async () => {
  lake = (await promoted()).made;
  searcher = await openSearcher(await existingLake(lake.lake));
});
after(() => searcher?.[Symbol.asyncDispose]());

function search(...args: string[]): Promise<Ran<SearchResult>> {
  return lake.call<SearchResult>('search', ...args, '--json');
}

for (const mode of MODES) {
  test(`${mode}: hits are sorted, one per record, within the limit, with spans inside their texts`, async () => {
    const args = ['search', QUESTION, '--mode', mode, '--limit', '25', '--json'];
    const { code, json, stderr } = await lake.run<SearchResult>(...args);
    assert.equal(code, 0, stderr);
    const { hits } = json;
    assert.ok(hits.length > 5 && hits.length <= 25);
    assert.deepEqual(
      hits.map(({ score }) => score),
      hits.map(({ score }) => score).sort((a, b) => b - a),
    );
    assert.equal(new Set(hits.map(({ recordId }) => recordId)).size, hits.length);
    const sources = new Map(ROWS.map((row) => [row.complaint_id, row]));
    for (const { recordId, text, highlights, attributes } of hits) {
      const source = sources.get(recordId)!;
      assert.ok(source.narrative.includes(text), "the text is the record's");
      assert.equal(attributes.product, source.product);
      let last = 0;
      for (const span of highlights) {
        assert.ok(last <= span.start && span.start < span.end && span.end <= text.length);
        last = span.end;
      }
    }
    const first = await searcher.search({ query: QUESTION, mode, limit: 3 });
    assert.deepEqual(first.hits, hits.slice(0, 3), 'a smaller limit gives the beginning');
  });

  test(`${mode}: every hit meets the filter, and none that meets it is lost`, async () => {
    const filter = 'product == "Debt collection" && date_received < timestamp("2016-01-01T00:00:00Z")';
    const { json } = await search(QUESTION, '--mode', mode, '--limit', '200', '--filter', filter);
    const wanted = ROWS.filter((row) => row.product === 'Debt collection' && row.date_received < '2016');
    const ids = new Set(wanted.map((row) => row.complaint_id));
    assert.ok(json.hits.length > 0);
    assert.ok(json.hits.every(({ recordId }) => ids.has(recordId)));
    if (mode !== 'keyword') assert.equal(json.hits.length, wanted.length);
  });
}

test('a filter that nothing meets finds nothing', async () => {
  const { code, json } = await search(QUESTION, '--filter', 'state == "nowhere"');
  assert.deepEqual([code, json.hits], [0, []]);
});

test("the documentation's filters are filters", async () => {
  const page = await readFile(join(import.meta.dirname, '..', '..', '..', 'docs', 'search.md'), 'utf8');
  const filters = /```cel\n(.*?)```/s.exec(page)![1]!.trim().split('\n');
  assert.equal(filters.length, 2);
  for (const filter of filters) {
    const { code, stderr } = await search(QUESTION, '--filter', filter, '--mode', 'keyword');
    assert.equal(code, 0, stderr);
  }
});

test('an unknown column, a wrong type and broken CEL in a filter end with 64 and name the place', async () => {
  const unknown = await search(QUESTION, '--filter', 'prodct == "Mortgage"');
  assert.equal(unknown.code, 64);
  assert.match(unknown.stderr, /prodct.*\n.*product/);
  assert.equal((await search(QUESTION, '--filter', 'product == 5')).code, 64);
  const broken = await search(QUESTION, '--filter', 'product == "a" &&');
  assert.equal(broken.code, 64);
  assert.match(broken.stderr, /line 1, column/);
});

test('an empty question, a wrong mode and a wrong limit end with 64', async (t) => {
  t.mock.method(process.stderr, 'write', () => true);
  for (const args of [
    [''],
    [' \n '],
    [QUESTION, '--mode', 'psychic'],
    [QUESTION, '--limit', '0'],
    [QUESTION, '--limit', '100000'],
  ]) {
    const { code, stderr } = await search(...args);
    assert.equal(code, 64, `${JSON.stringify(args)}: ${stderr}`);
  }
});

const ODD_QUESTIONS = [
  '"',
  '(debt OR',
  'a AND',
  'NOT',
  '*',
  '\u{1f600}',
  `'; DROP TABLE passages; --`,
  '+debt -card',
  'product:"x"',
];

test('questions that look like syntax, or are of no words, are questions', async () => {
  for (const question of ODD_QUESTIONS.slice(0, 2)) {
    const { code, stderr } = await search(question, '--limit', '2');
    assert.equal(code, 0, `${question}: ${stderr}`);
  }
  for (const query of ODD_QUESTIONS.slice(2)) await searcher.search({ query, limit: 2 });
});

test('a whole text is a question too, though the model takes its beginning only', async () => {
  const [long] = ROWS.toSorted((a, b) => b.narrative.length - a.narrative.length);
  for (const mode of MODES) {
    const { hits } = await searcher.search({ query: long!.narrative, mode, limit: 3 });
    assert.ok(
      hits.some(({ recordId }) => recordId === long!.complaint_id),
      mode,
    );
  }
});

/** All pages of a search, by the cursors that it gives. */
async function pagesOf(request: SearchRequest): Promise<SearchResult['hits']> {
  const hits: SearchResult['hits'] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page: SearchResult = await searcher.search({ ...request, cursor: cursor ?? undefined });
    hits.push(...page.hits);
    cursor = page.nextCursor;
  }
  return hits;
}

test('pages have every hit once, also sorted', async () => {
  const request = { query: QUESTION, filter: 'product == "Mortgage"' };
  const whole = await searcher.search({ ...request, limit: 50 });
  assert.ok(whole.hits.length > 10);
  assert.equal(whole.nextCursor, null);
  assert.deepEqual(await pagesOf({ ...request, limit: 8 }), whole.hits);
  const sorted = await pagesOf({ ...request, limit: 8, sort: { by: 'date_received', order: 'desc' } });
  const times = sorted.map(({ at }) => at!);
  assert.deepEqual(times, times.toSorted().reverse());
  assert.deepEqual(
    sorted.map(({ recordId }) => recordId).sort(),
    whole.hits.map(({ recordId }) => recordId).sort(),
  );
});

test('facets count the records that meet the filter', async () => {
  const filter = 'date_received >= timestamp("2015-01-01T00:00:00Z")';
  const args = ['--filter', filter, '--facets', 'product,date_received', '--sort', '-date_received'];
  const { json, code, stderr } = await search(QUESTION, ...args, '--group', 'passage', '--typos');
  assert.equal(code, 0, stderr);
  const counts = (of: (row: (typeof ROWS)[number]) => string) => {
    const found = new Map<string, number>();
    for (const row of ROWS.filter(({ date_received }) => date_received >= '2015'))
      found.set(of(row), (found.get(of(row)) ?? 0) + 1);
    return Array.from(found, ([value, records]) => ({ value, records })).sort(
      (a, b) => b.records - a.records || (a.value < b.value ? -1 : 1),
    );
  };
  assert.deepEqual(json.facets, {
    product: counts(({ product }) => product),
    date_received: counts(({ date_received }) => date_received.slice(0, 7)).slice(0, 100),
  });
  assert.equal((await search(QUESTION, '--facets', 'nonsense')).code, 64);
});

test('what a text must have and must not have is kept, in hybrid mode too', async () => {
  for (const mode of ['hybrid', 'keyword'] as const) {
    const found = async (query: string) =>
      (await searcher.search({ query, mode, limit: 200 })).hits.map(({ text }) => text.toLowerCase());
    const phrase = await found('"credit report"');
    assert.ok(phrase.length > 3);
    for (const text of phrase) assert.match(text, /credit\W+report/);
    const without = await found('credit -report*');
    assert.ok(without.length > 3);
    for (const text of without) assert.doesNotMatch(text, /\breport/);
    const prefix = await found('+garnish*');
    assert.ok(prefix.length > 0);
    for (const text of prefix) assert.match(text, /\bgarnish/);
  }
});

test('a misspelled word finds what it means with typos, and nothing without', async () => {
  const request = { query: 'forclosuer', mode: 'keyword' } as const;
  assert.deepEqual((await searcher.search(request)).hits, []);
  const [hit] = (await searcher.search({ ...request, typos: true })).hits;
  assert.match(hit!.text, /foreclosure/i);
  const { start, end } = hit!.highlights[0]!;
  assert.match(hit!.text.slice(start, end), /^foreclos/i);
});

test('more like a record leaves it out', async () => {
  const [first] = (await search(QUESTION)).json.hits;
  const { code, json, stderr } = await lake.run<SearchResult>('similar', first!.recordId, '--json');
  assert.equal(code, 0, stderr);
  assert.equal(json.hits.length, 10);
  assert.ok(json.hits.every(({ recordId }) => recordId !== first!.recordId));
  const passage = await lake.call<SearchResult>('similar', first!.passageId, '--passage', '--json');
  assert.equal(passage.code, 0, passage.stderr);
  assert.equal((await lake.call('similar', 'nobody', '--json')).code, 64);
});

test('a search explains itself, shows passages and sentences, and asks the version that it is told to', async () => {
  const { json } = await search(
    QUESTION,
    '--explain',
    '--sentence',
    '--passages',
    '3',
    '--filter',
    'state == "CA"',
  );
  const { explain, hits, index } = json;
  assert.equal(explain!.semantic!.plan.search, 'exact');
  assert.ok(explain!.hits >= hits.length && explain!.depth >= 200);
  assert.deepEqual(Object.keys(explain!.timings).sort(), [
    ...['embed', 'feedback', 'fetch', 'keyword', 'rank', 'semantic', 'sentences'],
  ]);
  for (const hit of hits) {
    assert.ok(hit.explain!.semantic!.rank >= 1);
    assert.ok(hit.sentence!.start < hit.sentence!.end && hit.sentence!.end <= hit.text.length);
    assert.equal(hit.passages![0]!.passageId, hit.passageId);
  }
  const again = await search(QUESTION, '--index', index);
  assert.equal(again.code, 0, again.stderr);
  assert.equal((await search(QUESTION, '--index', 'nonsense')).code, 66);
  assert.equal((await search(QUESTION, '--index', '../x')).code, 64);
});

test('the same question has the same answer', async () => {
  const [one, two] = [await search(QUESTION), await lake.run<SearchResult>('search', QUESTION, '--json')];
  assert.deepEqual(one.json.hits, two.json.hits);
});

test('an index build that is killed leaves the old index serving, and the next run builds the new one', {
  skip: nightly,
}, async (t) => {
  const made = await project(t, toCsv(complaints(300)), { chunk: { by: 'date_received', every: '1y' } });
  assert.equal((await made.run('run')).code, 0);
  const old = await promotedIndex(made);
  await made.write('data.csv', toCsv(complaints(1_800)));
  const child = start(['run', '--json'], { cwd: made.folder });
  const result = ended(child);
  const builder = await childOf(child.pid!);
  process.kill(builder, 'SIGKILL');
  const { code, stderr } = await result;
  assert.equal(code, 70, stderr);
  assert.match(stderr, /index could not be built.*SIGKILL/);
  assert.match(stderr, /old index still serves/);
  assert.equal(await promotedIndex(made), old);
  const found = await made.run<SearchResult>('search', 'debt', '--json');
  assert.deepEqual([found.code, found.json.index], [0, old]);
  assert.ok(found.json.hits.length > 0);
  const again = await made.run('run', '--json');
  assert.deepEqual([again.code, again.json.chunks.done], [0, 0], again.stderr);
  assert.notEqual(await promotedIndex(made), old);
  const left = (await readdir(join(made.lake, 'indexes'))).filter((name) => name.startsWith('.'));
  assert.deepEqual(left, [], 'nothing half built is left');
});

async function promotedIndex({ lake: root }: Project): Promise<string> {
  return (JSON.parse(await readFile(join(root, 'current.json'), 'utf8')) as { index: string }).index;
}

/** The first process that `parent` starts. */
async function childOf(parent: number): Promise<number> {
  for (;;) {
    const { stdout } = await execute('ps', ['-o', 'pid=', '--ppid', String(parent)]).catch(() => ({
      stdout: '',
    }));
    const pid = Number(stdout.trim().split('\n')[0]);
    if (pid > 0) return pid;
    await sleep(10);
  }
}

test('an index that has lost its manifest is built again, and searched', async (t) => {
  const { first, copy } = await promotedSmall();
  const made = await copy(t);
  await rm(join(made.lake, 'indexes', first.json.index!, 'manifest.json'));
  assert.equal((await made.call('search', 'debt')).code, 66);
  const again = await made.call('run', '--json');
  assert.equal(again.code, 0, again.stderr);
  const found = await made.call<SearchResult>('search', 'debt', '--mode', 'keyword', '--json');
  assert.equal(found.code, 0, found.stderr);
  assert.equal(found.json.index, first.json.index);
});

test('pages go on in the index that they began in, also when another was promoted since', {
  skip: nightly,
}, async (t) => {
  const made = await project(t, toCsv(complaints(30)));
  const first = await made.run('run', '--json');
  const ask = (...args: string[]) =>
    made.run<SearchResult>('search', 'payment', '--limit', '4', '--json', ...args);
  const [page, whole] = [await ask(), await ask('--limit', '8')];
  await made.write('data.csv', toCsv(complaints(60)));
  const second = await made.run('run', '--json');
  assert.notEqual(second.json.index, first.json.index);
  const next = await ask('--cursor', page.json.nextCursor!);
  assert.equal(next.code, 0, next.stderr);
  assert.equal(next.json.index, first.json.index);
  assert.deepEqual([...page.json.hits, ...next.json.hits], whole.json.hits);
  assert.equal((await ask()).json.index, second.json.index);
  assert.equal((await ask('--cursor', page.json.nextCursor!, '--index', second.json.index!)).code, 64);
  assert.equal((await ask('--cursor', page.json.nextCursor!, '--mode', 'keyword')).code, 64);
});

test('two runs that fit the same themes at once both end with 0', async (t) => {
  const made = await (await promotedSmall()).copy(t);
  await made.configure({ themes: { seed: 7 } });
  const both = await Promise.all([made.run('run', '--json'), made.run('run', '--json')]);
  assert.deepEqual(
    both.map(({ code }) => code),
    [0, 0],
    both.map(({ stderr }) => stderr).join(),
  );
  assert.equal(both[0]!.json.themes, both[1]!.json.themes);
});
