/** Themes over time: ids that stay, and what became of themes from one version to the next. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { relation } from '@throughline/delta';
import { openAssigner } from '@throughline/themes';
import { openSession } from '../src/engine/local/session.ts';
import { existingLake } from '../src/lake/lake.ts';
import type { ThemesDiff, ThemesEvaluation, ThemesList, ThemesVersion } from '../src/theme/index.ts';
import { readThemesManifest } from '../src/theme/manifest.ts';
import { openThemes } from '../src/theme/read.ts';
import { readExemplars } from '../src/theme/stored-exemplars.ts';
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

/** What stands with the themes gives passages, without the sample, the themes that the run gave them. */
async function asStored(made: Project, { version, themes }: ThemesList): Promise<void> {
  const lake = await existingLake(made.lake);
  const stored = await readExemplars(lake, (await readThemesManifest(lake, version))!);
  assert.deepEqual(stored!.ids, themes.map(({ id }) => id).sort());
  const tables = await openThemes(lake);
  await using passages = await relation(tables.passages);
  await using assignments = await relation(tables.assignments);
  await using session = await openSession();
  const rows = await session.query(
    `SELECT _embedding, _theme FROM ${passages.sql} p JOIN ${assignments.sql} a USING (_chunk, _passage)`,
  );
  const vectors = Float32Array.from(rows.flatMap((row) => row._embedding as number[]));
  await using assigner = await openAssigner(stored!.exemplars, stored!.dimension);
  const { theme } = await assigner.assign(vectors);
  assert.ok(rows.length >= 100);
  assert.deepEqual(
    Array.from(theme, (one) => stored!.ids[one]),
    rows.map((row) => row._theme),
  );
}

test('themes keep their ids over refits, and a theme that comes or goes is told', async (t) => {
  const made = await project(t, toCsv([...cards!, ...debts!]), settings(2));
  const first = await themesOf(made);
  assert.equal(first.themes.length, 2);
  assert.ok(first.themes.every(({ status }) => status === 'born'));
  await asStored(made, first);
  const none = await made.run('themes', 'diff', '--json');
  assert.equal(none.code, 66, none.stderr);

  await made.write('data.csv', toCsv([...cards!.slice(10), ...debts!, ...mortgages!]));
  await made.configure(settings(3));
  const second = await themesOf(made);
  assert.notEqual(second.version, first.version);
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

  const { json: all } = await made.run<{ versions: ThemesVersion[] }>('themes', 'versions', '--json');
  assert.deepEqual(
    all.versions.map(({ version, previous, promoted }) => [version, previous, promoted]),
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
});
