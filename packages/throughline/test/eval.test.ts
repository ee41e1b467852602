/** Measuring the search of a pipeline, and what a run does with it. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { nightly } from '../../../engines/nightly.ts';
import type { SearchEvaluation } from '../src/evaluation/index.ts';
import type { MadeJudgements } from '../src/evaluation/synth/index.ts';
import type { Current } from '../src/lake/lake.ts';
import type { RunEntry } from '../src/run/index.ts';
import { begun } from './begun.ts';
import type { Ran } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';

const ROWS = complaints(100);
const MODES = ['hybrid', 'semantic', 'keyword'] as const;
const EMBED = { model: 'hash', dimension: 256 };
const SHAPE = { chunk: { by: 'date_received', every: '20y' }, themes: { sample: 100, count: 2 } };
const SYNTH = ['eval', 'synth', '--query', 'first-sentence', '--queries', '40', '--json'];

/** One lake, and one set of judgements from it, for all questions. */
const promoted = begun(toCsv(ROWS), { ...SHAPE, embed: EMBED });
let made: Project;
let synth: MadeJudgements;
let fewer: Ran<MadeJudgements>;
before(async () => {
  made = (await promoted()).made;
  const first = await made.run<MadeJudgements>(...SYNTH, '--out', 'judgements');
  assert.equal(first.code, 0, first.stderr);
  synth = first.json;
  fewer = await made.call<MadeJudgements>(...SYNTH, '--out', 'fewer', '--queries', '10');
});

/** By ten of the queries. */
const FEWER = ['eval', 'search', '--judgements', 'fewer', '--json'];

function evaluate(...args: string[]) {
  return made.call<SearchEvaluation>('eval', 'search', '--judgements', 'judgements', '--json', ...args);
}

async function currentOf({ lake }: Project): Promise<Current> {
  return JSON.parse(await readFile(join(lake, 'current.json'), 'utf8')) as Current;
}

test('synth asks records by their first sentences, and says what that is worth', async () => {
  assert.equal(synth.queries, 40);
  assert.ok(synth.overlap.contained > 0.9 && synth.overlap.words > 0.9);
  assert.match(synth.worth.join(), /word for word/);
  assert.ok(synth.evaluation!.modes.keyword['recall@100'] > 0.8);
  const queries = (await readFile(join(made.folder, 'judgements', 'queries.jsonl'), 'utf8'))
    .trim()
    .split('\n');
  const texts = new Map(
    queries.map((line) => JSON.parse(line)).map(({ _id, text }) => [_id, text as string]),
  );
  assert.equal(texts.size, 40);
  const qrels = (await readFile(join(made.folder, 'judgements', 'qrels.tsv'), 'utf8')).trim().split('\n');
  assert.equal(qrels.length - 1, synth.relevant);
  const narratives = new Map(ROWS.map((row) => [row.complaint_id, row.narrative]));
  for (const line of qrels.slice(1)) {
    const [query, record] = line.split('\t');
    const narrative = narratives.get(record!)!.normalize('NFC').replace(/\s+/g, ' ').trim();
    assert.ok(narrative.startsWith(texts.get(query!)!), line);
  }
  assert.match(await readFile(join(made.folder, 'judgements', 'README.md'), 'utf8'), /known-item/);
});

test('synth makes the same again, fewer are the first of more, and nothing is overwritten', async () => {
  assert.equal(fewer.code, 0, fewer.stderr);
  const read = (folder: string) => readFile(join(made.folder, folder, 'queries.jsonl'), 'utf8');
  assert.ok((await read('judgements')).startsWith(await read('fewer')));
  const refused = await made.call(...SYNTH, '--out', 'fewer');
  assert.deepEqual([refused.code, refused.json.error.code], [73, 'file_exists']);
});

test('synth refuses fields that cannot be asked', async () => {
  const unknown = await made.call('eval', 'synth', '--query', 'isue', '--out', 'x', '--json');
  assert.equal(unknown.code, 64);
  assert.match(unknown.json.error.message, /did you mean issue/);
  const text = await made.call('eval', 'synth', '--query', 'narrative', '--out', 'x', '--json');
  assert.match(text.json.error.hint!, /column of the text/);
  const states = await made.call('eval', 'synth', '--query', 'state', '--out', 'x', '--json');
  assert.deepEqual([states.code, states.json.error.code], [65, 'synth_empty']);
});

test("the pipeline's own index is measured: means in their intervals, modes compared, worst queries", async () => {
  const { code, json, stderr } = await evaluate('--worst', '3', '--mode', 'semantic');
  assert.equal(code, 0, stderr);
  assert.equal(json.queries, 40);
  assert.equal(json.index, (await currentOf(made)).index);
  for (const mode of MODES) {
    for (const name of ['ndcg@10', 'recall@10', 'recall@100', 'mrr', 'map'] as const) {
      const [low, high] = json.intervals[mode][name];
      const mean = json.modes[mode][name];
      assert.ok(0 <= low && low <= mean + 1e-9 && mean <= high + 1e-9 && high <= 1, `${mode} ${name}`);
    }
  }
  const pairs = json.differences.filter(({ measure }) => measure === 'ndcg@10');
  assert.deepEqual(
    pairs.map(({ of, to }) => `${of} ${to}`),
    ['hybrid keyword', 'hybrid semantic', 'semantic keyword'],
  );
  for (const { of, to, mean, p, pHolm } of pairs) {
    assert.ok(Math.abs(mean - (json.modes[of]['ndcg@10'] - json.modes[to]['ndcg@10'])) < 1e-9);
    assert.ok(p > 0 && p <= pHolm && pHolm <= 1);
  }
  assert.equal(json.worst.length, 3);
  const values = json.worst.map((query) => query['ndcg@10']);
  assert.deepEqual(
    values,
    values.toSorted((a, b) => a - b),
  );
  const { text, expected, first } = json.worst[0]!;
  assert.ok(text.length > 0 && expected.length > 0 && first.length === 3);
  assert.deepEqual(json.missing, { records: 0, queries: 0, examples: [] });
});

test('an index compared with itself does not differ; another model is compared query by query', {
  skip: nightly,
}, async (t) => {
  const { index } = await currentOf(made);
  const same = await made.call<SearchEvaluation>(...FEWER, '--against', index!);
  assert.equal(same.code, 0, same.stderr);
  for (const { mean, p } of same.json.against!.differences) assert.deepEqual([mean, p], [0, 1]);
  assert.deepEqual(same.json.against!.losses, []);
  const coarse = await project(t, toCsv(ROWS), { ...SHAPE, embed: { model: 'hash', dimension: 8 } });
  assert.equal((await coarse.call('run')).code, 0);
  const { json, stderr } = await evaluate('--against', join(coarse.folder, 'throughline.yaml'));
  const differences = json.against!.differences.filter(({ measure }) => measure === 'ndcg@10');
  const semantic = differences.find(({ mode }) => mode === 'semantic')!;
  assert.ok(semantic.mean > 0.1 && semantic.pHolm < 0.01, `${JSON.stringify(semantic)} ${stderr}`);
  assert.equal(differences.find(({ mode }) => mode === 'keyword')!.mean, 0);
  const other = await made.call<SearchEvaluation>(...FEWER, '--against', coarse.lake);
  assert.deepEqual([other.json.against!.lake, other.json.against!.index], [coarse.lake, json.against!.index]);
  const nothing = await evaluate('--against', 'nowhere');
  assert.deepEqual([nothing.code, nothing.json.error.code], [66, 'against_missing']);
});

test('judgements of other records are refused; a record that is gone is told', async () => {
  await mkdir(join(made.folder, 'others'));
  await made.write('others/queries.jsonl', '{"_id": "1", "text": "late fees"}\n');
  await made.write('others/qrels.tsv', '1\tnobody\t1\n');
  const others = await made.call('eval', 'search', '--judgements', 'others', '--json');
  assert.deepEqual([others.code, others.json.error.code], [65, 'judgements_of_others']);
  await made.write('others/qrels.tsv', `1\tnobody\t1\n1\t${ROWS[0]!.complaint_id}\t1\n`);
  const some = await made.call<SearchEvaluation>('eval', 'search', '--judgements', 'others', '--json');
  assert.deepEqual(some.json.missing, { records: 1, queries: 0, examples: ['nobody'] });
});

test('for a person, all of it is printed', async () => {
  const { code, stdout, stderr } = await made.run('eval', 'search', '--judgements', 'judgements');
  assert.equal(code, 0, stderr);
  for (const part of [
    /hybrid +0\.\d{4} +0\.\d{4} to 0|1\.\d{4}/,
    /semantic - keyword/,
    /Worst of hybrid/,
    /expected/,
  ])
    assert.match(stdout, part);
  assert.match(stderr, /40 queries of judgements/);
});

test('a corpus beside the judgements needs no config', async () => {
  await mkdir(join(made.folder, 'beir'));
  const texts = ['the lender took my car', 'late fees on a paid bill', 'calls about a debt of others'];
  const documents = texts.map((text, i) => JSON.stringify({ _id: `d${i}`, title: '', text }));
  await made.write('beir/corpus.jsonl', `${documents.join('\n')}\n`);
  await made.write('beir/queries.jsonl', '{"_id": "1", "text": "automobile taken by the lender"}\n');
  await made.write('beir/qrels.tsv', '1\td0\t1\n');
  const args = ['eval', 'search', '--judgements', 'beir', '--lakes', 'lakes', '--json'];
  const { code, json, stderr } = await made.call<SearchEvaluation>(...args);
  assert.equal(code, 0, stderr);
  for (const mode of MODES) assert.equal(json.modes[mode]['ndcg@10'], 1, mode);
});

/** What a pipeline must answer: the judgements of the shared lake, by meaning. */
function demand(limit: object): object {
  return { ndcg: { judgements: join(made.folder, 'judgements'), mode: 'semantic', ...limit } };
}

test('a model that is significantly worse is not promoted: 65, figures with the run, and the old one serves', async (t) => {
  const accepting = await (await promoted()).copy(t);
  await accepting.configure({ ...SHAPE, embed: EMBED, acceptance: demand({}) });
  const first = await accepting.call('run', '--json');
  assert.equal(first.code, 0, first.stderr);
  assert.equal(first.json.relevance!.queries, 40);
  assert.equal(first.json.relevance!.against, undefined);
  const old = await currentOf(accepting);
  const worse = { ...SHAPE, embed: { model: 'hash', dimension: 8 } };
  await accepting.configure({ ...worse, acceptance: demand({}) });
  const refused = await accepting.run('run', '--json');
  assert.equal(refused.code, 65, refused.stderr);
  assert.match(refused.stderr, /not promoted: ndcg: .*worse by 0\.\d+ over 40 queries, p = 0\.0001/);
  assert.deepEqual(await currentOf(accepting), old);
  const { against, measures } = refused.json.relevance!;
  assert.equal(against!.index, old.index);
  assert.ok(measures['ndcg@10'] < against!.measures['ndcg@10']);
  assert.match(refused.stderr, /Asking 40 judged queries/);
  const { json } = await accepting.call<{ runs: RunEntry[] }>('runs', '--json');
  const kept = json.runs[0]!;
  assert.equal(kept.status, 'failed');
  assert.deepEqual((kept.manifest.result as typeof refused.json).relevance, refused.json.relevance);
  const again = await accepting.call('run', '--json');
  assert.deepEqual([again.code, again.json.relevance], [65, refused.json.relevance]);
  assert.doesNotMatch(again.stderr, /Asking/, 'answers are kept');
  await accepting.configure({ ...worse, acceptance: demand({ significance: 0, min: 0.01 }) });
  const agreed = await accepting.call('run', '--json');
  assert.equal(agreed.code, 0, agreed.stderr);
  const now = await currentOf(accepting);
  assert.ok(now.build === agreed.json.build && now.index === agreed.json.index && now.build !== old.build);
});

test('below the least nDCG not even the first build is promoted, until it is enough', async (t) => {
  const accepting = await project(t, toCsv(ROWS));
  await accepting.configure({
    ...SHAPE,
    embed: { model: 'hash', dimension: 8 },
    acceptance: demand({ min: 0.5 }),
  });
  const low = await accepting.call('run', '--json');
  assert.equal(low.code, 65, low.stderr);
  assert.match(low.stderr, /not promoted: ndcg: nDCG@10 is 0\.\d{4} over 40 queries; at least 0\.5/);
  assert.equal((await accepting.call('search', 'debt')).code, 66);
  await accepting.configure({ ...SHAPE, embed: EMBED, acceptance: demand({ min: 0.5 }) });
  const mapped = await accepting.call('run', '--only', 'map', '--json');
  assert.equal(mapped.code, 0, mapped.stderr);
  assert.match(mapped.stderr, /not promoted yet/);
  const enough = await accepting.call('run', '--json');
  assert.equal(enough.code, 0, enough.stderr);
  assert.equal((await currentOf(accepting)).index, enough.json.index);
});

test('a sample is promoted unmeasured, and the whole is not compared with it', async (t) => {
  const accepting = await project(t, toCsv(ROWS));
  await accepting.configure({ ...SHAPE, embed: EMBED, acceptance: demand({ min: 0.2 }) });
  const sample = await accepting.call('run', '--sample', '30', '--json');
  assert.deepEqual([sample.code, sample.json.relevance], [0, undefined], sample.stderr);
  assert.equal((await currentOf(accepting)).build, sample.json.build);
  const whole = await accepting.call('run', '--json');
  assert.equal(whole.code, 0, whole.stderr);
  assert.equal(whole.json.relevance!.against, undefined);
});

test('new texts that make the search worse leave the old index serving', { skip: nightly }, async (t) => {
  const accepting = await (await promoted()).copy(t);
  const limit = { ...SHAPE, embed: EMBED, acceptance: demand({}) };
  await accepting.configure(limit);
  const first = await accepting.call('run', '--json');
  const scrambled = ROWS.map((row) => ({ ...row, narrative: [...row.narrative].reverse().join('') }));
  await accepting.write('data.csv', toCsv(scrambled));
  const refused = await accepting.call('run', '--json');
  assert.equal(refused.code, 65, refused.stderr);
  assert.equal((await currentOf(accepting)).index, first.json.index);
  await accepting.write('data.csv', toCsv(ROWS));
  const mended = await accepting.call('run', '--json');
  assert.equal(mended.code, 0, mended.stderr);
  assert.equal((await currentOf(accepting)).index, mended.json.index);
});

test('missing judgements end a run before it does anything, and a limit that limits nothing is a fault', async (t) => {
  const accepting = await project(t, toCsv(ROWS));
  await accepting.configure({ acceptance: { ndcg: { judgements: 'nowhere' } } });
  const missing = await accepting.call('run', '--json');
  assert.deepEqual([missing.code, missing.json.error.code], [66, 'judgements_missing']);
  const doctor = await accepting.call<{ checks: { check: string; ok: boolean }[] }>('doctor', '--json');
  assert.equal(doctor.json.checks.find(({ check }) => check === 'judgements')!.ok, false);
  await rm(accepting.lake, { recursive: true, force: true });
  await accepting.configure({ acceptance: { ndcg: { judgements: 'x', significance: 0 } } });
  const nothing = await accepting.call('run', '--json');
  assert.equal(nothing.code, 78);
  assert.match(nothing.json.error.message, /acceptance\.ndcg: it limits nothing/);
});
