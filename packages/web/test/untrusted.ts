/** Texts of records are text, whatever they hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lake, open, skip } from './fixture.ts';
import { HOSTILE, HOSTILE_TEXTS } from './hostile.ts';

/** Elements that no part of the page makes, and links that lead elsewhere. */
const foreign = () => ({
  hacked: (globalThis as { hacked?: number }).hacked,
  elements: document.querySelectorAll('#page :is(img, script, iframe, style, object, embed, form[action])')
    .length,
  links: Array.from(document.querySelectorAll('#page a'), (link) => link.getAttribute('href')!).filter(
    (href) => !href.startsWith('/') && href !== '#main',
  ),
});
const CLEAN = { hacked: undefined, elements: 0, links: [] };

test('hostile texts are shown as they are, as hits and as attributes', { skip }, async () => {
  await using opened = await open('/search?q=quagmire&mode=keyword');
  const { page } = opened;
  await page.waitForSelector('[data-hit]');
  const shown = (await page.locator('.hit').allTextContents()).join('\n');
  for (const text of HOSTILE_TEXTS) assert.ok(shown.includes(text), text);
  assert.deepEqual(await page.evaluate(foreign), CLEAN);
});

test('a hostile record is opened by its own link', { skip }, async () => {
  await using opened = await open('/');
  const { page } = opened;
  for (const { complaint_id, narrative } of HOSTILE) {
    await opened.go(`/records/${encodeURIComponent(complaint_id)}`);
    await page.locator('.record-text').waitFor();
    assert.equal(await page.locator('.record-text').textContent(), narrative);
    assert.deepEqual(await page.evaluate(foreign), CLEAN);
  }
});

test('hostile texts in an address are text, too', { skip }, async () => {
  await using opened = await open('/');
  const { page } = opened;
  for (const text of HOSTILE_TEXTS.slice(0, 2)) {
    const value = encodeURIComponent(text);
    await opened.go(
      `/search?q=${value}&like=&f.product=${value}&filter=${value}&sort=${value}&from=${value}`,
    );
    await page.locator('.error-note, .field-error, [data-hit]').first().waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Search' }).inputValue(), text);
    await opened.go(`/themes/${value}`);
    await page.locator('.error-note').waitFor();
    await opened.go(`/operations?view=dead-letters&reason=${value}&chunk=${value}`);
    await page.locator('.reasons').waitFor();
    assert.deepEqual(await page.evaluate(foreign), CLEAN);
  }
});

test('a theme may be called anything', { skip }, async () => {
  const { themes } = await lake.server().client.call('themes', {});
  const { id } = themes[0]!;
  const label = HOSTILE_TEXTS[0];
  const { edit } = await lake
    .server()
    .client.call('editThemes', { body: { kind: 'rename', theme: id, label } });
  try {
    await using opened = await open('/themes');
    const { page } = opened;
    for (const view of ['/themes', '/themes?view=map', '/themes?view=timeline', `/themes/${id}`, '/']) {
      await opened.go(view);
      await page.getByText(label).first().waitFor();
      assert.deepEqual(await page.evaluate(foreign), CLEAN);
    }
  } finally {
    await lake.server().client.call('editThemes', { body: { kind: 'undo', undoes: edit } });
  }
});
