/** The pages of the themes, end to end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, lake, open, skip } from './fixture.ts';

const themes = () => lake.server().client.call('themes', {});

test('themes are listed with their size and trend, and each has a page', { skip }, async () => {
  await using opened = await open('/themes');
  const { page } = opened;
  await page.waitForSelector('.theme-row');
  const { themes: list, groups } = await themes();
  const names = await page.locator('.theme-name > a').allInnerTexts();
  assert.deepEqual(new Set(names), new Set([...list, ...groups].map(({ label }) => label)));
  await page.locator('.sparkline').first().waitFor();
  await page
    .locator('.theme-row:not(.theme-group) .theme-name > a', { hasText: list[0]!.label })
    .first()
    .click();
  await page.getByRole('heading', { name: list[0]!.label, level: 1 }).waitFor();
  assert.equal(addressOf(page), `/themes/${list[0]!.id}`);
  await page.locator('.plot-figure svg').waitFor();
  assert.ok((await page.locator('.quotes li').count()) > 0);
  assert.ok((await page.locator('.neighbours li').count()) > 0);
  await page.getByRole('radio', { name: 'Newest' }).check({ force: true });
  await page.waitForURL(/order=newest/);
  await page.waitForFunction(() => {
    const days = Array.from(document.querySelectorAll('.passage-foot span:first-of-type'), (one) =>
      Date.parse(one.textContent),
    );
    return days.length > 1 && days.every((day, i) => i === 0 || day <= days[i - 1]!);
  });
});

test('themes are listed below their groups, and a group has a page that leads to them', {
  skip,
}, async () => {
  await using opened = await open('/themes');
  const { page } = opened;
  const { themes: list, groups } = await themes();
  const within = Map.groupBy(list, ({ parent }) => parent);
  const group = groups.find(({ id }) => groups.every(({ parent }) => parent !== id))!;
  const below = within.get(group.id)!;
  const head = page.locator('.theme-group', { hasText: group.label }).first();
  await head.getByText(`group of ${below.length}`).waitFor();
  await page.locator('.theme-group + .theme-row:not(.depth-0)').first().waitFor();
  await head.locator('.theme-name > a').click();
  await page.getByRole('heading', { name: group.label, level: 1 }).waitFor();
  assert.deepEqual(
    (await page.getByRole('region', { name: 'Its themes' }).locator('a').allInnerTexts()).sort(),
    below.map(({ label }) => label).sort(),
  );
  assert.equal(await page.getByRole('button', { name: 'Merge' }).count(), 0);
  await page.locator('.neighbours a').first().click();
  await page.locator('.crumb a', { hasText: group.label }).waitFor();
});

test('the map shows every passage: pointed at it is read, in a lasso it is listed, a theme can be left out', {
  skip,
}, async () => {
  await using opened = await open('/themes?view=map');
  const { page } = opened;
  const map = await lake.server().client.call('themesMap', {});
  const frame = page.getByRole('group', { name: /^Map/ });
  await frame.waitFor();
  const { x, y, width, height } = (await frame.boundingBox())!;
  const lasso = async () => {
    await page.keyboard.down('Shift');
    await page.mouse.move(x + 3, y + 3);
    await page.mouse.down();
    for (const [dx, dy] of [
      [width - 4, 3],
      [width - 4, height - 4],
      [3, height - 4],
      [3, 4],
    ] as const)
      await page.mouse.move(x + dx, y + dy, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
  };
  await lasso();
  await page.getByText(`${map.x.length} passages selected`).waitFor();
  await page.locator('.selection-texts li').first().waitFor();

  const first = page.locator('.legend li').first();
  const points = Number((await first.locator('.legend-count').innerText()).replace(',', ''));
  await first.getByRole('checkbox').uncheck();
  await lasso();
  await page.getByText(`${map.x.length - points} passages selected`).waitFor();
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await page.getByRole('button', { name: 'All', exact: true }).click();

  // The point at the left edge, where the map puts it when all is in sight.
  const [minX, maxX, minY, maxY] = [
    Math.min(...map.x),
    Math.max(...map.x),
    Math.min(...map.y),
    Math.max(...map.y),
  ];
  const scale = 0.92 * Math.min((width - 2) / (maxX - minX), (height - 2) / (maxY - minY));
  const at = map.x.indexOf(minX);
  const px = x + 1 + (width - 2) / 2 + (minX - (minX + maxX) / 2) * scale;
  const py = y + 1 + (height - 2) / 2 - (map.y[at]! - (minY + maxY) / 2) * scale;
  const { passages } = await lake
    .server()
    .client.call('passages', { body: { passageIds: [map.passageIds[at]!] } });
  await page.mouse.move(px, py);
  await page.locator('.hover-text', { hasText: passages[0]!.text.slice(0, 40) }).waitFor();
  await page.mouse.down();
  await page.mouse.up();
  await page.getByText('1 passage selected').waitFor();

  await page.getByRole('checkbox', { name: 'As a table' }).check();
  const cells = await page.locator('tbody td.number:nth-child(2)').allInnerTexts();
  assert.equal(
    cells.reduce((sum, cell) => sum + Number(cell.replace(',', '')), 0),
    map.x.length,
  );
});

test('something is drawn: points in the colours of the themes', { skip }, async () => {
  await using opened = await open('/themes?view=map');
  const { page } = opened;
  await page.locator('.legend li').first().waitFor();
  const swatches = await page.evaluate(() =>
    Array.from(document.querySelectorAll('.legend .swatch'), (one) => getComputedStyle(one).backgroundColor),
  );
  const picture = await page.locator('.point-map').screenshot();
  const near = await page.evaluate(countNear, { bytes: Array.from(picture), swatches });
  for (const [i, points] of near.entries()) assert.ok(points > 20, `${swatches[i]}: ${points} pixels`);
});

/** How many pixels of a picture have a colour, or nearly so: points let a little of the ground through. */
async function countNear({ bytes, swatches }: { bytes: number[]; swatches: string[] }): Promise<number[]> {
  const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
  const copy = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
  copy.drawImage(bitmap, 0, 0);
  const { data } = copy.getImageData(0, 0, bitmap.width, bitmap.height);
  return swatches.map((swatch) => {
    const wanted = swatch.match(/\d+/g)!.map(Number);
    let found = 0;
    for (let i = 0; i < data.length; i += 4)
      if (wanted.every((part, c) => Math.abs(part - data[i + c]!) < 60)) found++;
    return found;
  });
}

test('the timeline shows what is news, by period and by attribute', { skip }, async () => {
  await using opened = await open('/themes?view=timeline');
  const { page } = opened;
  await page.locator('.trend-grid svg').first().waitFor();
  await page.getByRole('heading', { name: 'Emerging' }).waitFor();
  await page.getByRole('combobox', { name: 'Period' }).selectOption('Month');
  await page.waitForURL(/every=1M/);
  await page.getByRole('combobox', { name: 'By' }).selectOption('product');
  await page.waitForURL(/by=product/);
  const value = page.getByRole('combobox', { name: 'Value' });
  await value.waitFor();
  const product = await value.locator('option').nth(1).innerText();
  await value.selectOption(product);
  await page.waitForURL((url) => url.searchParams.get('value') === product);
  await page.locator('.trend-grid svg').first().waitFor();
});

test('a theme is renamed, the edit has an author, and it is taken back', { skip }, async () => {
  const { themes: list } = await themes();
  const { id, label } = list.at(-1)!;
  await using opened = await open(`/themes/${id}`);
  const { page } = opened;
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Named by a person');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Named by a person', level: 1 }).waitFor();
  await page
    .locator('.edit-list')
    .getByText(/anonymous, /)
    .waitFor();
  await page.getByRole('button', { name: /^Undo edit/ }).click();
  await page.getByRole('heading', { name: label, level: 1 }).waitFor();
});

test('a theme is merged into another', { skip }, async () => {
  const { themes: list } = await themes();
  const [into, merged] = list.filter(({ kind }) => kind === 'theme').slice(-2) as [
    (typeof list)[0],
    (typeof list)[0],
  ];
  await using opened = await open(`/themes/${merged.id}`);
  const { page } = opened;
  await page.getByRole('button', { name: 'Merge' }).click();
  await page.getByLabel('Its passages go to').selectOption(into.id);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL((url) => url.pathname === `/themes/${into.id}`);
  await opened.go('/themes?view=edits');
  await page
    .getByRole('button', { name: /^Undo edit/ })
    .first()
    .waitFor();
  assert.equal((await themes()).themes.length, list.length - 1);
});
