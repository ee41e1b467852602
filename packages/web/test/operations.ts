/** The operations page, end to end. */
import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../throughline/test/cli.ts';
import { lake, open, skip } from './fixture.ts';

test('runs are listed, and one shows all that was recorded', { skip }, async () => {
  await using opened = await open('/operations');
  const { page } = opened;
  const { runs } = await lake.server().client.call('runs', {});
  await page.waitForSelector('tbody tr');
  assert.equal(await page.locator('tbody tr').count(), runs.length);
  await page.locator('tbody a').first().click();
  const dialog = page.getByRole('dialog', { name: `Run ${runs[0]!.run}` });
  await dialog.waitFor();
  assert.match(await dialog.locator('pre').innerText(), /"config"/);
  await page.keyboard.press('Escape');
  await page.waitForURL((url) => url.search === '');
});

test('every chunk is a cell, by arrows too', { skip }, async () => {
  await using opened = await open('/operations?view=chunks');
  const { page } = opened;
  const { chunks } = await lake.server().client.call('chunks', {});
  await page.waitForSelector('.cell');
  assert.equal(await page.locator('.cell').count(), chunks.length);
  await page.locator('.cell').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.locator('.chunk-detail h2').waitFor();
  const chunk = await page.locator('.chunk-detail h2').innerText();
  const shown = chunks.find((one) => one.chunk === chunk)!;
  assert.match(await page.locator('.chunk-detail').innerText(), new RegExp(`Records\\s+${shown.records}`));
});

test('what a run adds appears by itself, and its dead letters stand by their reason', { skip }, async () => {
  await using opened = await open('/operations?view=dead-letters');
  const { page } = opened;
  const { folder } = lake.project();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('heading', { name: 'No dead letters' }).waitFor();
  // No date, twice: such rows belong to no chunk of time.
  const bad = ['bad-1', 'bad-2'].map((id) => `${id},,Mortgage,,,,BANK,CA,A text without a date\n`).join('');
  await appendFile(join(folder, 'data.csv'), bad);
  await run(['run', '--json'], { cwd: folder });
  const reason = page.locator('.reasons a').nth(1);
  await reason.waitFor();
  assert.match(await reason.innerText(), / 2$/);
  await reason.click();
  await page.waitForURL(/reason=/);
  assert.equal(await page.locator('.letters > li').count(), 2);
  await page.locator('.letters summary').first().click();
  assert.match(await page.locator('.letters pre').first().innerText(), /bad-[12]/);
  await page.getByRole('button', { name: 'Retry these' }).click();
  await page.getByText(/2 tried, 0 resolved/).waitFor({ timeout: 30_000 });
});

test('measurements stand beside what was agreed on', { skip }, async () => {
  await using opened = await open('/operations?view=quality');
  const { page } = opened;
  await page.getByRole('heading', { name: /Index recall/ }).waitFor();
  const { checks } = await lake.server().client.call('quality', {});
  assert.equal(await page.locator('tbody tr').count(), checks.length);
  await page.locator('.plot-figure svg').first().waitFor();
});

test('an index version is promoted after a confirmation', { skip }, async () => {
  await using opened = await open('/operations?view=index');
  const { page } = opened;
  await page.waitForSelector('.version-item');
  const { versions } = await lake.server().client.call('index', {});
  assert.ok(versions.length > 1);
  assert.match(await page.locator('.version-item').first().innerText(), /Recall@10/);
  const other = versions.find(({ promoted, faults }) => !promoted && faults.length === 0)!;
  const item = page.locator('.version-item', { hasText: other.version }).last();
  await item.getByRole('button', { name: 'Promote' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Promote' }).click();
  await page.locator('.version-item.promoted', { hasText: other.version }).waitFor();
  await page.getByRole('link', { name: 'Audit' }).click();
  await page.getByRole('rowheader', { name: 'promoteIndex' }).waitFor();
});
