import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { RULES } from '@throughline/notebook-lint';
import { specOf } from '../model/index.ts';
import type { Facts, LakeFacts } from './facts.ts';
import { RULES_OF } from './notebook-side.ts';
import { TOPICS, type Topic } from './point.ts';
import { readinessOf } from './readiness.ts';
import { readinessHtml } from './report-html.ts';
import { readinessMarkdown } from './report-markdown.ts';
import { readyFacts } from './testing/ready-facts.ts';

const AT = '2026-01-05T07:00:00.000Z';
const judge = (facts: Facts) => readinessOf(facts, { limits: [], findings: undefined, at: AT });

test('a pipeline with all evidence is ready, row by row', () => {
  const { ready, rows } = judge(readyFacts());
  assert.deepEqual(
    rows.flatMap(({ missing }) => missing),
    [],
  );
  assert.deepEqual(
    rows.map(({ topic, ok }) => [topic, ok]),
    TOPICS.map((topic) => [topic, true]),
  );
  assert.ok(ready);
  const volume = rows[0]!.evidence.map(({ says }) => says).join('\n');
  assert.match(
    volume,
    /1,800 rows in the source = 0 filtered out \+ 1,795 records .* \+ 2 dead letters .* \+ 3 left out/,
  );
});

/** Facts with the lake changed. */
function lakeWith(change: Partial<LakeFacts>): Facts {
  const facts = readyFacts();
  return { ...facts, lake: { ...facts.lake!, ...change } };
}

function embedding(embed: Record<string, unknown>): Facts {
  const facts = readyFacts({ embed });
  return { ...facts, spec: specOf(facts.config.embed, '.') };
}

const API = {
  model: 'openai:text-embedding-3-small',
  revision: '2024-01-25',
  price: { perMillionTokens: 0.02 },
};
const BOUND = { ...API, budget: { money: 5 }, limits: { rpm: 500 } };
const lake = readyFacts().lake!;
const [run] = lake.finished;
const untouched = lake.source as Extract<LakeFacts['source'], { known: true }>;
const withManifest = (change: object) =>
  lakeWith({ finished: [{ ...run!, manifest: { ...run!.manifest, ...change } }] });

/** What is broken, the one row that says so, and what it says mends it. */
const BROKEN: [string, Facts, Topic, RegExp][] = [
  [
    'a chunk that is not published',
    lakeWith({ source: { ...untouched, due: ['d:2025-12-01'] } }),
    'volume',
    /^throughline run$/,
  ],
  [
    'a row that is nowhere',
    lakeWith({ source: { ...untouched, rows: 1801 } }),
    'volume',
    /^throughline run --force$/,
  ],
  ['settings that have changed', lakeWith({ expected: '0123456789abcdef' }), 'volume', /^throughline run$/],
  [
    'no price',
    embedding({ ...BOUND, price: undefined, budget: { requests: 100 } }),
    'compute',
    /perMillionTokens/,
  ],
  [
    'an index of other passages',
    lakeWith({ index: { ...lake.index!, manifest: { ...lake.index!.manifest, passagesVersion: 62 } } }),
    'output',
    /--only index/,
  ],
  ['no themes', lakeWith({ themes: undefined }), 'output', /--only themes/],
  ['no checks', readyFacts({ quality: [] }), 'output', /^quality: \[/],
  [
    'a check that nobody has made',
    readyFacts({ quality: [{ check: 'unique', column: 'complaint_id' }] }),
    'output',
    /^throughline run$/,
  ],
  [
    'a check that failed',
    lakeWith({
      results: lake.results.map((one) => (one.check === 'not_null' ? { ...one, status: 'failed' } : one)),
    }),
    'output',
    /mend the source/,
  ],
  [
    'a check that was another when it passed',
    readyFacts({ quality: [{ check: 'not_null', column: 'complaint_id', severity: 'warn' }] }),
    'output',
    /^throughline run$/,
  ],
  ['no schedule', readyFacts({ schedule: undefined }), 'scheduling', /^schedule: \{ cron: "0 6/],
  [
    'a stale DAG',
    { ...readyFacts(), dag: { file: 'dags/a.py', state: 'stale', options: ' --command throughline' } },
    'scheduling',
    /airflow --out dags\/a\.py/,
  ],
  ['no budget', embedding({ ...BOUND, budget: {} }), 'API calls', /^embed: \{ budget/],
  ['no retries of requests', embedding({ ...BOUND, requests: { retries: 0 } }), 'API calls', /retries: 3/],
  ['no limits of an API', embedding({ ...BOUND, limits: {} }), 'API calls', /rpm/],
  [
    'labels without a budget',
    readyFacts({ themes: { label: { model: 'openai:gpt-5-mini' } } }),
    'API calls',
    /label: \{ budget/,
  ],
  [
    'a hub model of a branch',
    embedding({ model: 'hub:intfloat/e5-small-v2@main' }),
    'reproducibility',
    /40 digits/,
  ],
  [
    'an API whose model may change',
    embedding({ ...BOUND, revision: undefined }),
    'reproducibility',
    /revision/,
  ],
  [
    'changes that are not committed',
    withManifest({ git: { commit: '4f9d2c1', dirty: true } }),
    'reproducibility',
    /git commit/,
  ],
  ['no repository', withManifest({ git: undefined }), 'reproducibility', /git init/],
  [
    'another library',
    withManifest({ versions: { node: '22.0.0', throughline: '0.1.0' } }),
    'reproducibility',
    /run --force$/,
  ],
  ['no alerts', readyFacts({ alerts: [] }), 'failure handling', /^alerts: .*doctor --alerts$/],
  ['chunks that are not tried again', readyFacts({ retry: { attempts: 1 } }), 'failure handling', /^retry: /],
  ['no limit of dead letters', readyFacts({ acceptance: {} }), 'failure handling', /deadLetterRate/],
  [
    'a run that failed',
    lakeWith({ runs: [{ ...lake.runs[0]!, status: 'failed' }] }),
    'failure handling',
    /run$/,
  ],
];

for (const [what, facts, topic, mend] of BROKEN)
  test(`${what}: ${topic} says so, and what mends it`, () => {
    const { ready, rows } = judge(facts);
    assert.ok(!ready);
    assert.deepEqual(
      rows.filter(({ ok }) => !ok).map((row) => row.topic),
      [topic],
    );
    const { missing, evidence } = rows.find((row) => row.topic === topic)!;
    assert.equal(missing.length, 1);
    assert.match(missing[0]!.mend, mend);
    assert.equal(evidence.filter(({ ok }) => !ok).length, 1);
  });

test('an API that is bounded in all ways is ready; before the first run nothing of the tables is', () => {
  assert.ok(judge(embedding(BOUND)).rows.every(({ ok }) => ok));
  const { rows } = judge({ ...readyFacts(), lake: undefined });
  assert.deepEqual(
    rows.filter(({ ok }) => !ok).map(({ topic }) => topic),
    ['volume', 'compute', 'output', 'reproducibility'],
  );
});

test('every rule for notebooks belongs to one topic', () => {
  const named = Object.values(RULES_OF).flat();
  assert.deepEqual([...named].sort(), RULES.map(({ id }) => id).sort());
});

const LIMITS = [
  { name: 'deadLetterRate', agreed: '<= 0.01', onMiss: 'stop', observed: 2 / 1797, met: true, run: null },
] as const;

test('texts are text in both reports, and two people sign', () => {
  const facts = readyFacts({ alerts: [], name: 'complaints' });
  const hostile = '<img src=x onerror=alert(1)> | `a` [x](javascript:y)';
  const report = readinessOf(
    { ...facts, dag: { file: hostile, state: 'stale', options: ' --command throughline' } },
    { limits: [...LIMITS], findings: undefined, at: AT },
  );
  const [html, markdown] = [readinessHtml(report), readinessMarkdown(report)];
  for (const text of [html, markdown]) {
    assert.ok(!text.includes('<img'));
    assert.match(text, /not ready/i);
    assert.match(text, /data science/i);
    assert.match(text, /data engineering/i);
  }
  assert.doesNotMatch(html, /<script|https?:\/\/(?!hooks)/);
  assert.ok(markdown.split('\n').every((line) => !/[^\\]\]\(javascript/.test(line)));
});

test('the example in the documentation is what is written', async () => {
  const report = readinessOf(readyFacts({ alerts: [] }), {
    limits: [...LIMITS],
    findings: undefined,
    at: AT,
  });
  const example = readinessMarkdown(report).replaceAll(/^#/gm, '##').trim();
  const docs = new URL('../../../../docs/readiness.md', import.meta.url);
  if (process.env.THROUGHLINE_UPDATE_DOCS === '1') console.log(example);
  assert.ok((await readFile(docs, 'utf8')).includes(example), 'THROUGHLINE_UPDATE_DOCS=1 prints it');
});
