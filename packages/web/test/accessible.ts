/** axe-core finds nothing against WCAG 2.2 AA: each view, light and dark, wide and narrow; and nothing is wider than the screen. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type Axe from 'axe-core';
import type { RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { lake, open, skip } from './fixture.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Of the rules only contrast sees whether it is dark: the others are asked once a width. */
const DARK: RunOptions = { runOnly: { type: 'rule', values: ['color-contrast'] } };
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const LIGHT: RunOptions = { runOnly: { type: 'tag', values: TAGS } };
const SIZES = [
  { width: 1280, height: 860 },
  { width: 390, height: 844 },
];
/** The narrowest phone. */
const NARROWEST = { width: 360, height: 640 };

/** An address, and what is there when the view is. */
const VIEWS: [path: string, ready: string][] = [
  ['/', '.suggestions'],
  ['/search?q=quagmire&mode=keyword&explain=1&filter=has(product)', '.explanation'],
  ['/search?q=zzqqxx&mode=keyword', '.empty'],
  ['/search?q=late+fee&filter=nothing', '.field-error'],
  ['/themes', '.sparkline'],
  ['/themes?view=map', '.point-map canvas'],
  ['/themes?view=timeline', '.trend-grid svg'],
  ['/themes?view=edits', '.edits'],
  ['/operations', 'tbody tr'],
  ['/operations?view=chunks', '.cell'],
  ['/operations?view=dead-letters', '.letters, .empty'],
  ['/operations?view=quality', 'tbody tr'],
  ['/operations?view=index', '.version-item'],
  ['/operations?view=audit', 'tbody tr, .empty'],
];

for (const [path, ready] of VIEWS)
  test(`nothing keeps anybody out of ${path}`, { skip }, () => check(path, ready));

test('nor out of a record and a theme', { skip }, async () => {
  const { hits } = await lake
    .server()
    .client.call('search', { body: { query: 'quagmire', mode: 'keyword' } });
  const [{ recordId, passageId }] = hits as [(typeof hits)[0]];
  const record = encodeURIComponent(recordId);
  await check(`/records/${record}?q=quagmire&mode=keyword&passage=${passageId}`, '.found-passage');
  const { themes } = await lake.server().client.call('themes', {});
  await check(`/themes/${themes[0]!.id}`, '.passage-list');
});

test('nor out of the dialogs', { skip }, async () => {
  const { runs } = await lake.server().client.call('runs', {});
  await check(`/operations?run=${runs[0]!.run}`, 'dialog pre');
});

async function check(path: string, ready: string): Promise<void> {
  await using opened = await open(path);
  const { page } = opened;
  await page.locator(ready).first().waitFor();
  for (const viewport of SIZES) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(
        await violations(page, colorScheme === 'dark' ? DARK : LIGHT),
        [],
        `${colorScheme}, ${viewport.width} px`,
      );
    }
  }
  await page.setViewportSize(NARROWEST);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${over} px wider than the screen`);
}

/** The rules that are broken, each with the first element that breaks it. */
async function violations(page: Page, options: RunOptions): Promise<string[]> {
  // By the debugger: the policy of the page would not let the script in by itself.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const results = await page.evaluate(
    (wanted) => (globalThis as unknown as { axe: typeof Axe }).axe.run(document, wanted),
    options,
  );
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html} ${nodes[0]!.failureSummary}`);
}
