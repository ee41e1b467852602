/** The complaints month by month: themes are fitted again five times, and keep their ids. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ThemesDiff } from '../../src/theme/index.ts';
import { complaints, toCsv } from '../complaints.ts';
import { project } from '../project.ts';

const REFITS = 5;

test('passages that stay in their group keep its id over five monthly refits', async (t) => {
  const rows = complaints(2_000).sort((a, b) => (a.date_received < b.date_received ? -1 : 1));
  const months = [...new Set(rows.map((row) => row.date_received.slice(0, 7)))];
  const settings = {
    chunk: { by: 'date_received', every: '1M' },
    embed: { model: 'minilm' },
    themes: { refit: 'always' },
  };
  const upTo = (month: string) => toCsv(rows.filter((row) => row.date_received.slice(0, 7) <= month));
  const last = months.slice(-(REFITS + 1));
  const made = await project(t, upTo(last[0]!), settings);
  assert.equal((await made.run('run', '--json')).code, 0);
  let [stay, kept] = [0, 0];
  for (const month of last.slice(1)) {
    await made.write('data.csv', upTo(month));
    assert.equal((await made.run('run', '--json')).code, 0);
    const { json } = await made.run<ThemesDiff>('themes', 'diff', '--json');
    const groups = sameGroups(json);
    stay += groups.reduce((sum, { passages }) => sum + passages, 0);
    kept += groups.filter(({ from, to }) => from === to).reduce((sum, { passages }) => sum + passages, 0);
    const told = json.themes.map(({ status }) => status).join(' ');
    t.diagnostic(`${month}: ${json.kept} of ${json.passages} passages in a theme of the same id; ${told}`);
  }
  t.diagnostic(`${kept} of ${stay} passages that stayed in their group kept its id`);
  assert.ok(kept >= 0.9 * stay);
});

/** Themes each of which has most of the other's passages, whatever they are called. */
function sameGroups({ themes }: ThemesDiff): { from: string; to: string; passages: number }[] {
  const flows = themes
    .filter(({ after }) => after !== null)
    .flatMap(({ id, shares }) =>
      shares.map((share) => ({ from: share.id, to: id, passages: share.passages })),
    );
  const most = (key: 'from' | 'to', id: string) =>
    flows.filter((flow) => flow[key] === id).reduce((a, b) => (b.passages > a.passages ? b : a));
  return flows.filter((flow) => most('from', flow.from) === flow && most('to', flow.to) === flow);
}
