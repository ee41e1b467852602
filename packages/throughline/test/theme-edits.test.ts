/** Edits of themes by the command line, runs between fits, texts without content, and themes of records: one lake for all. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { existingLake } from '../src/lake/lake.ts';
import type { RunResult } from '../src/run/index.ts';
import {
  editThemes,
  type ListedEdit,
  listThemes,
  type Theme,
  type ThemeEditRequest,
  type ThemesDiff,
  type ThemesList,
} from '../src/theme/index.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';
import { readTable } from './tables.ts';

const ALL = complaints(1_000).map((row) => ({ ...row, narrative: row.narrative.slice(0, 400) }));
const of = (product: RegExp, count: number) => ALL.filter((row) => product.test(row.product)).slice(0, count);
const cards = of(/credit card/i, 60);
const debts = of(/debt collection/i, 60);
const mortgages = of(/mortgage/i, 60);

async function ok<T>(made: Project, ...args: string[]): Promise<T> {
  const ran = await made.call<T>(...args, '--json');
  assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.stderr}`);
  return ran.json;
}
const listed = async (made: Project, options = {}) => listThemes(await existingLake(made.lake), options);
/** As the command does, without a process of its own. */
const edit = async (made: Project, request: ThemeEditRequest) =>
  editThemes(await existingLake(made.lake), request, {
    ...{ author: 'ben', clock: Date.now, signal: new AbortController().signal },
  });
const byId = (list: ThemesList, id: string) => list.themes.find((theme) => theme.id === id);

test('edits hold over fits, and what comes between fits is assigned', async (t: TestContext) => {
  const first = [...cards.slice(0, 50), ...debts, ...mortgages];
  const nothing = ['n/a', 'thanks!', 'No comment.'].map((narrative, i) => ({
    ...{ ...cards[i]!, narrative },
    complaint_id: `nothing-${i}`,
  }));
  const themes = { count: 3 };
  const settings = {
    embed: { model: 'hash', dimension: 256 },
    chunk: { by: 'date_received', every: '1y' },
    themes,
  };
  const made = await project(t, toCsv([...first, ...nothing]), settings);
  const ran = await ok<RunResult>(made, 'run');
  assert.deepEqual([ran.themesFit?.refit, ran.themesFit?.reason], [true, 'first']);
  const before = await listed(made);
  const [a, b, c] = before.themes.filter(({ kind }) => kind === 'theme') as [Theme, Theme, Theme];
  assert.equal(byId(before, 'noise')?.size, 3);

  await t.test('rename, merge and hide change the lists at once', async () => {
    await ok(made, 'themes', 'rename', a.id, 'Mine', '--author', 'ann');
    await ok(made, 'themes', 'merge', c.id, b.id);
    assert.equal(byId(await listed(made), b.id)?.status, 'merged');
    const diff = await ok<ThemesDiff>(made, 'themes', 'diff');
    assert.equal(diff.themes.find(({ id }) => id === c.id)?.status, 'merged');
    await edit(made, { kind: 'hide', theme: 'noise' });
    const list = await listed(made);
    assert.deepEqual(list.themes.map(({ id }) => id).sort(), [a.id, b.id].sort());
    assert.equal(byId(list, b.id)?.size, b.size + c.size);
    assert.deepEqual([byId(list, a.id)?.label, byId(list, a.id)?.autoLabel], ['Mine', a.label]);
    assert.deepEqual(byId(list, a.id)?.keywords, a.keywords);
    assert.equal(list.hidden, 1);
    assert.equal((await listed(made, { all: true })).themes.length, 3);
  });

  await t.test('what is not there, or cannot be, is refused and not kept', async () => {
    const refused: ThemeEditRequest[] = [
      { kind: 'merge', theme: c.id, into: a.id },
      { kind: 'rename', theme: 'x1', label: 'X' },
      { kind: 'merge', theme: a.id, into: a.id },
      { kind: 'split', theme: 'noise' },
      { kind: 'undo', undoes: 9 },
    ];
    for (const request of refused) await assert.rejects(edit(made, request), { exitCode: 64 });
    const { edits } = await ok<{ edits: ListedEdit[] }>(made, 'themes', 'edits');
    assert.deepEqual(
      edits.map(({ kind, state }) => [kind, state]),
      [
        ['rename', 'applied'],
        ['merge', 'applied'],
        ['hide', 'applied'],
      ],
    );
    assert.equal(edits[0]!.author, 'ann');
  });

  await t.test('a new record is assigned without a fit, and edits hold', async () => {
    await made.write('data.csv', toCsv([...first, ...nothing, cards.at(-1)!]));
    const next = await ok<RunResult>(made, 'run');
    assert.deepEqual([next.themesFit?.refit, next.themesFit?.reason], [false, 'kept']);
    const list = await listed(made);
    const passages = list.themes.reduce((sum, { size }) => sum + size, 0);
    assert.equal(passages, a.size + b.size + c.size + 1);
    assert.equal(byId(list, a.id)?.label, 'Mine');
    const records = await readTable(`${made.lake}/record_themes/${list.version}`);
    assert.equal(records.length, passages + 3);
    assert.ok(records.every(({ _share }) => _share === 1));
    assert.equal(records.filter(({ _theme }) => _theme === 'noise').length, 3);
  });

  await t.test(
    'a split is kept by a fit, a merge stays merged, and an undo gives back what was',
    async () => {
      const merged = byId(await listed(made), b.id)!;
      const { parts, edit: number } = await edit(made, { kind: 'split', theme: b.id, parts: 2 });
      const split = await listed(made);
      const sizes = parts.map((id) => byId(split, id)!.size);
      assert.equal(parts.length, 2);
      assert.equal(sizes[0]! + sizes[1]!, merged.size);
      await edit(made, { kind: 'pin', theme: a.id });
      const fitted = await ok<{ decision: { reason: string } }>(made, 'themes', 'fit');
      assert.equal(fitted.decision.reason, 'forced');
      const after = await listed(made);
      assert.deepEqual(after.themes.map(({ id }) => id).sort(), [a.id, ...parts].sort());
      assert.deepEqual([byId(after, a.id)?.label, byId(after, a.id)?.pinned], ['Mine', true]);
      await edit(made, { kind: 'undo', undoes: number });
      await ok(made, 'themes', 'undo', '2');
      const back = await listed(made);
      assert.deepEqual(back.themes.map(({ id }) => id).sort(), [a.id, b.id, c.id].sort());
    },
  );

  await t.test(
    'a new subject is seen as drift and brings a fit, over which a pinned theme stays',
    async () => {
      await made.configure({ ...settings, themes: { ...themes, refit: { drift: 0.1, growth: 9 } } });
      const pilots = cards.map((row, i) => ({
        ...{ ...row, complaint_id: `pilot-${i}` },
        narrative: `Pilot ${i} landed the helicopter on a snowy glacier beside sleeping penguins and walruses.`,
      }));
      await made.write('data.csv', toCsv([...first, ...nothing, ...pilots]));
      const again = await ok<RunResult>(made, 'run');
      assert.equal(again.themesFit?.reason, 'drift', again.themesFit?.why);
      const list = await listed(made);
      assert.deepEqual([byId(list, a.id)?.label, byId(list, a.id)?.pinned], ['Mine', true]);
      const status = await made.call('status');
      assert.match(status.stdout, /^themes fitted .* last fitted: .* new passages fit no theme/m);
      const text = await made.call('themes', 'edits');
      assert.match(text.stdout, /^ *1 +rename t\d+ "Mine" +ann .* applied$/m);
    },
  );
});
