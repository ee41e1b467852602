/** Themes over time: ids that stay, and what became of themes from one version to the next. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import test, { type TestContext } from 'node:test';
import { relation } from '@throughline/delta';
import { nightly } from '../../../engines/nightly.ts';
import { openSession } from '../src/engine/local/session.ts';
import { existingLake } from '../src/lake/lake.ts';
import type {
  ThemesDiff,
  ThemesEvaluation,
  ThemesList,
  ThemesTrends,
  ThemesVersion,
} from '../src/theme/index.ts';
import { openThemes } from '../src/theme/open-themes.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';

const settings = (count: number) => ({
  ...{ chunk: { by: 'date_received', every: '1M' }, embed: { model: 'minilm' } },
  themes: { count },
});
const ALL = complaints(1_000);
/** Narratives as short as their first sentences: embedding them takes a few seconds. */
const short = ALL.map((row) => ({ ...row, narrative: row.narrative.slice(0, 200) }));
const of = (product: RegExp, count: number) =>
  short.filter((row) => product.test(row.product)).slice(0, count);
const [cards, debts, mortgages] = [/credit card/i, /debt collection/i, /mortgage/i].map((name) =>
  of(name, 80),
);

async function themesOf(made: Project): Promise<ThemesList> {
  const ran = await made.run('run', '--json');
  assert.equal(ran.code, 0, ran.stderr);
  return (await made.run<ThemesList>('themes', '--json')).json;
}

/** Where each passage lies on the map. */
async function placesOf(made: Project): Promise<Map<string, [number, number]>> {
  const { assignments } = await openThemes(await existingLake(made.lake));
  await using rows = await relation(assignments);
  await using session = await openSession();
  const found = await session.query(`SELECT _passage, _x, _y FROM ${rows.sql}`);
  return new Map(found.map(({ _passage, _x, _y }) => [String(_passage), [Number(_x), Number(_y)]]));
}

/** Names a theme after its first keyword, in capitals; knows nothing of the second theme that it is asked for. */
async function namingServer(t: TestContext): Promise<string> {
  let asked = 0;
  const server = createServer(async (message, response) => {
    const { messages } = (await json(message)) as { messages: { content: string }[] };
    const [keyword] = JSON.parse(messages.at(-1)!.content).keywords;
    const label = asked++ === 1 ? 'Volcanoes of Iceland' : String(keyword).toUpperCase();
    const content = JSON.stringify({ label, description: `They write about ${keyword}.` });
    response.end(JSON.stringify({ choices: [{ finish_reason: 'stop', message: { content } }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

test('themes keep their ids over refits, and a theme that comes or goes is told', {
  skip: nightly,
}, async (t) => {
  const made = await project(t, toCsv([...cards!, ...debts!]), settings(2));
  const first = await themesOf(made);
  assert.equal(first.themes.length, 2);
  assert.ok(first.themes.every(({ status }) => status === 'born'));
  const places = await placesOf(made);
  assert.ok(places.size >= 160 && [...places.values()].flat().every(Number.isFinite));
  const none = await made.run('themes', 'diff', '--json');
  assert.equal(none.code, 66, none.stderr);

  const { json: trends } = await made.run<ThemesTrends>(
    'themes',
    'trends',
    '--by',
    'product',
    '--every',
    '1y',
    '--json',
  );
  const [all, ...products] = trends.groups;
  const sum = (group: { totals: number[] } | undefined) =>
    group!.totals.reduce((total, one) => total + one, 0);
  assert.deepEqual([all!.value, sum(all), trends.withoutTime], [null, 160, 0]);
  assert.equal(
    products.reduce((total, group) => total + sum(group), 0),
    160,
  );
  assert.ok(
    trends.groups.every(({ themes }) =>
      themes.every(({ points }) => points.length === trends.periods.length),
    ),
  );
  const nowhere = await made.run('themes', 'trends', '--zone', 'Atlantis');
  assert.equal(nowhere.code, 64, nowhere.stderr);

  await made.write('data.csv', toCsv([...cards!.slice(10), ...debts!, ...mortgages!]));
  await made.configure(settings(3));
  const second = await themesOf(made);
  assert.notEqual(second.version, first.version);
  const moved = [...(await placesOf(made))].flatMap(([id, [x, y]]) => {
    const [wasX, wasY] = places.get(id) ?? [];
    return wasX === undefined ? [] : [Math.hypot(x - wasX, y - wasY!)];
  });
  const width = Math.max(...[...places.values()].map(([x]) => Math.abs(x)));
  const median = moved.toSorted((a, b) => a - b)[moved.length >> 1]!;
  assert.ok(
    median < width / 2,
    `half of a map that is ${width} wide to each side moved by more than ${median}`,
  );
  const { json: diff } = await made.run<ThemesDiff>('themes', 'diff', '--json');
  assert.deepEqual([diff.from, diff.to], [first.version, second.version]);
  assert.ok(diff.kept >= 0.6 * diff.passages, `${diff.kept} of ${diff.passages}`);
  const born = diff.themes.filter(({ status }) => status === 'born');
  assert.ok(born.length > 0 && born.every(({ id }) => !first.themes.some((theme) => theme.id === id)));
  const mortgage = second.themes.find(({ keywords }) => keywords.some((word) => word.includes('mortgage')));
  assert.ok(mortgage && born.some(({ id }) => id === mortgage.id), 'mortgages are a new theme');
  const old = second.themes.find(({ status }) => status === 'same')!;
  const before = first.themes.find(({ id }) => id === old.id)!;
  assert.equal(old.firstSeen, before.firstSeen);
  assert.ok(mortgage.firstSeen! > before.firstSeen!);

  const { json: judged } = await made.run<ThemesEvaluation>(
    'eval',
    'themes',
    '--labels',
    'product',
    '--json',
  );
  // Months that are no longer in the source are kept.
  assert.ok(judged.records >= cards!.length - 10 + debts!.length + mortgages!.length);
  assert.ok(judged.ami > 0.3 && judged.coverage === 1, JSON.stringify(judged));
  assert.ok(judged.coherence! > -0.5 && judged.diversity > 0.8, JSON.stringify(judged));
  const slip = await made.run('eval', 'themes', '--labels', 'produkt');
  assert.equal(slip.code, 64);
  assert.match(slip.stderr, /did you mean product/);

  await made.write('data.csv', toCsv([...cards!.slice(10), ...debts!]));
  await made.configure(settings(2));
  const third = await themesOf(made);
  const { json: back } = await made.run<ThemesDiff>('themes', 'diff', '--json');
  const gone = back.themes.find(({ id }) => id === mortgage.id)!;
  assert.ok(['faded', 'merged'].includes(gone.status) && gone.after === null, gone.status);
  assert.ok(back.kept >= 0.6 * back.passages, `${back.kept} of ${back.passages}`);

  const { json: listed } = await made.run<{ versions: ThemesVersion[] }>('themes', 'versions', '--json');
  assert.deepEqual(
    listed.versions.map(({ version, previous, promoted }) => [version, previous, promoted]),
    [
      [third.version, second.version, true],
      [second.version, first.version, false],
      [first.version, null, false],
    ],
  );
  const text = await made.run('themes', 'diff', first.version, second.version);
  assert.match(text.stdout, new RegExp(`^${mortgage.id} .* born, none to \\d+ passages$`, 'm'));
  assert.match(text.stderr, /passages .*kept their theme/);
  const wrong = await made.run('themes', 'diff', '../../x');
  assert.equal(wrong.code, 66);

  const label = { model: 'openai:any', url: await namingServer(t) };
  await made.configure({ ...settings(2), themes: { count: 2, label } });
  const ran = await made.run('run', '--json');
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /1 theme keeps its keywords \("Volcanoes of Iceland" for t\d+ was refused/);
  const { themes } = (await made.run<ThemesList>('themes', '--json')).json;
  const named = themes.filter(({ description }) => description !== null);
  assert.equal(named.length, 1);
  assert.equal(named[0]!.label, named[0]!.keywords[0]!.toUpperCase());
  assert.deepEqual(
    themes.map(({ id, size }) => [id, size]),
    third.themes.map(({ id, size }) => [id, size]),
  );
});
