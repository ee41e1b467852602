/** Light, dark, or as the system has it; kept, and there from the first paint on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, skip } from './fixture.ts';

const ground = () => getComputedStyle(document.body).backgroundColor;

test('the page is light or dark as the system is, until somebody chooses', { skip }, async () => {
  await using opened = await open('/');
  const { page } = opened;
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await page.evaluate(ground);
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await page.evaluate(ground);
  assert.notEqual(light, dark);
  await page.getByRole('button', { name: /^Appearance: system/ }).click();
  await page.getByRole('button', { name: /^Appearance: light/ }).click();
  assert.equal(await page.evaluate(ground), dark);
  await page.reload();
  await page.getByRole('button', { name: /^Appearance: dark/ }).waitFor();
  assert.equal(await page.evaluate(ground), dark);
  await page.getByRole('button', { name: /^Appearance: dark/ }).click();
  assert.equal(await page.evaluate(ground), light);
});
