/** Themes that are watched: who is to be told hears what is new in the latest period. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { project } from './project.ts';
import { receiver } from './receiver.ts';

const MONTHS = 14;
const USUAL = ['my card was charged a late fee', 'the card fee was charged twice', 'a fee on a lost card'];
const NEWS = [
  'the mortgage escrow is short',
  'escrow of my mortgage was paid late',
  'mortgage escrow analysis',
];

/** Twenty records about cards in each month, and in the last as many about mortgages. */
function rows(): string {
  const month = (i: number) => `${2023 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}`;
  const lines = ['complaint_id,narrative,date_received,product'];
  const add = (i: number, texts: readonly string[], product: string) => {
    for (let n = 0; n < 20; n++)
      lines.push(
        `${lines.length},${texts[n % 3]} on day ${n},${month(i)}-${String(n + 1).padStart(2, '0')},${product}`,
      );
  };
  for (let i = 0; i < MONTHS; i++) add(i, USUAL, 'card');
  add(MONTHS - 1, NEWS, 'mortgage');
  return `${lines.join('\n')}\n`;
}

test('a theme that is new in the latest month is told once, with its share and the command that shows its texts', async (t) => {
  const { url, news } = await receiver(t);
  const made = await project(t, rows(), {
    source: { attributes: ['product'] },
    chunk: { by: 'date_received', every: '1y', zone: 'Europe/London' },
    themes: { count: 2, watch: { every: '1M', by: 'product' } },
    alerts: [{ webhook: `${url}/hook` }],
  });
  const ran = await made.run('run', '--json');
  assert.equal(ran.code, 0, ran.stderr);
  const { from, changes } = ran.json.themesWatched!;
  assert.equal(from, '2024-02-01');
  assert.deepEqual(
    changes.map(({ value, change, share, before }) => [value, change, share, before]),
    [[null, 'new', 0.5, 0]],
  );
  const [notice] = news();
  const [alert] = notice!.alerts;
  assert.deepEqual([notice!.alerts.length, alert!.kind], [1, 'themes_changed']);
  assert.match(
    alert!.happened,
    /^Since 2024-02-01 .*escrow.* is new, 50\.0 % of the records instead of 0\.0 %\.$/i,
  );
  assert.ok(!alert!.happened.includes('on day'), 'no text of a record is sent');

  assert.equal(alert!.command, 'throughline themes trends --every 1M --by product --zone Europe/London');
  const shown = await made.run(...alert!.command.split(' ').slice(1), '--json');
  assert.equal(shown.code, 0, shown.stderr);
  assert.equal((await made.run('run', '--only', 'check', '--json')).code, 0);
  assert.equal((await made.run('run', '--json')).json.themesWatched?.changes.length, 1);
  assert.deepEqual(news(), [], 'it is told once');
});
