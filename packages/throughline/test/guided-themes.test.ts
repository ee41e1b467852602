/** Topics that a person has named, beside the themes that were found. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { parse, stringify } from 'yaml';
import type { RunResult } from '../src/run/index.ts';
import type { ThemesList, TopicSuggestions, TopicsList } from '../src/theme/index.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';

/** Narratives as short as their first sentences: embedding them takes a few seconds. */
const short = complaints(1_000).map((row) => ({ ...row, narrative: row.narrative.slice(0, 160) }));
const rows = [/credit card/i, /debt collection/i, /mortgage/i].flatMap((name) =>
  short.filter(({ product }) => name.test(product)).slice(0, 50),
);
const config = (themes: Record<string, unknown>) => ({
  ...{ chunk: { by: 'date_received', every: '1y' }, embed: { model: 'minilm' } },
  themes: { count: 3, ...themes },
});
const DEBTS = { name: 'Debts', examples: { product: ['Debt collection'] } };
const FEES = { name: 'Late fees', phrases: ['charged a late fee', 'late payment penalty'] };
const CARDS = { name: 'Cards', topics: [FEES] };

test('a taxonomy stands beside the themes: measured, judged by a person, and completed', async (t) => {
  const made = await project(t, toCsv(rows), config({}));
  const first = await made.call('run', '--json');
  assert.equal(first.code, 0, first.stderr);
  const none = await made.call('themes', 'taxonomy', '--json');
  assert.deepEqual([none.code, none.json.error.code], [66, 'taxonomy_missing']);
  const { json: draft } = await made.call<TopicSuggestions>('themes', 'suggest', '--json');
  assert.equal(draft.missing.length, 3);

  await made.configure(config({ taxonomy: 'taxonomy.yaml' }));
  const absent = await made.call('run');
  assert.equal(absent.code, 66);
  assert.match(absent.stderr, /there is no taxonomy taxonomy\.yaml/);
  await made.write('taxonomy.yaml', 'topics:\n  - name: Debts\n    examples: { produkt: Debt }\n');
  const wrong = await made.call('run');
  assert.equal(wrong.code, 78);
  assert.match(wrong.stderr, /taxonomy\.yaml:3:17: .*did you mean "product"/);

  await made.write('taxonomy.yaml', stringify({ topics: [DEBTS, CARDS] }));
  const ran = await made.call<RunResult>('run', '--json');
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(ran.json.themesFit!.refit, false);
  assert.notEqual(ran.json.themes, first.json.themes);
  const { json: list } = await made.call<TopicsList>('themes', 'taxonomy', '--json');
  const [debts, cards, fees] = list.topics;
  assert.deepEqual(
    list.topics.map(({ id, depth }) => [id, depth]),
    [
      ['Debts', 0],
      ['Cards', 0],
      ['Cards / Late fees', 1],
    ],
  );
  assert.equal(debts!.agreement!.labelled, 50);
  assert.ok(debts!.agreement!.f1! > 0.75, JSON.stringify(debts!.agreement));
  assert.deepEqual([fees!.agreement, cards!.agreement, cards!.threshold, cards!.own], [null, null, null, 0]);
  assert.ok(fees!.size > 0 && fees!.size === cards!.size);
  assert.equal(debts!.size + cards!.size + list.rest.passages, 150);
  assert.match(fees!.nearest[0]!.text, /fee|late|interest/i);
  const { inside, outside } = fees!.borderline;
  assert.ok(inside.length === 2 && outside.length === 2);
  assert.ok(inside[0]!.score >= outside[0]!.score);
  const text = await made.call('themes', 'taxonomy');
  assert.match(text.stdout, /^· Late fees +\d+ .*not measured$/m);
  assert.match(text.stdout, /just outside \(0\.\d+\)/);
  assert.match(text.stderr, /labelled passages that were held out, precision 0\.\d\d/);

  // An edit of the themes keeps the topics.
  const { json: themes } = await made.call<ThemesList>('themes', '--json');
  await made.call('themes', 'rename', themes.themes[0]!.id, 'Renamed');
  const { json: kept } = await made.call<TopicsList>('themes', 'taxonomy', '--json');
  assert.deepEqual(kept, list);

  const { json: missed } = await made.call<TopicSuggestions>('themes', 'suggest', '--json');
  const mortgages = missed.missing.find(({ keywords }) => keywords.some((word) => word.includes('mortgage')));
  assert.ok(mortgages, JSON.stringify(missed.missing));
  assert.ok(mortgages.missed > mortgages.size / 2 && mortgages.representatives.length > 0);
  await made.write('taxonomy.yaml', stringify({ topics: [DEBTS, CARDS, ...parse(mortgages.yaml)] }));
  const again = await made.call<RunResult>('run', '--json');
  assert.equal(again.code, 0, again.stderr);
  const { json: completed } = await made.call<TopicsList>('themes', 'taxonomy', '--json');
  assert.notEqual(completed.version, list.version);
  assert.ok(completed.topics[3]!.size > 0 && completed.rest.passages < list.rest.passages);

  await made.configure(config({ method: 'kmeans' }));
  const clustered = await made.call<RunResult>('run', '--json');
  assert.equal(clustered.json.themesFit?.reason, 'settings', clustered.stderr);
  assert.equal((await made.call<ThemesList>('themes', '--json')).json.themes.length, 3);
});
