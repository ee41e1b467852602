/** `npm run screenshots`: the pictures of docs/web.md, of the demo's lake as `npm run demo` leaves it. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { chromium } from '../../../engines/chromium.ts';
import { existingLake } from '../../throughline/src/lake/lake.ts';
import { served } from '../../throughline/test/served.ts';
import { type Pixels, smallPng } from './small-png.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const IMAGES = join(ROOT, 'docs', 'images');
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 780 };
/** For what is still moving when the page says that it is there: the map's frame, charts, a chosen font. */
const REST_MS = 600;

interface Shot {
  name: string;
  path: string;
  viewport: { width: number; height: number };
  colorScheme: 'light' | 'dark';
  /** There when the page is. */
  ready: string;
  act?: (page: Page) => Promise<void>;
}

const QUERY = 'charged twice for the same purchase';

const SHOTS: Shot[] = [
  {
    ...{ name: 'search', viewport: WIDE, colorScheme: 'light', ready: '[data-hit]' },
    path: `/search?q=${encodeURIComponent(QUERY)}&f.product=Credit+card+or+prepaid+card`,
    act: async (page) => {
      await page.locator('[data-hit]').first().click();
      await page.locator('.found-passage').waitFor();
    },
  },
  {
    ...{ name: 'search-phone', viewport: NARROW, colorScheme: 'dark', ready: '.explanation' },
    path: '/search?q=late+fee&explain=1',
  },
  { name: 'themes', viewport: WIDE, colorScheme: 'light', path: '/themes', ready: '.sparkline' },
  {
    ...{
      name: 'map',
      viewport: WIDE,
      colorScheme: 'dark',
      path: '/themes?view=map',
      ready: '.map-labels span',
    },
    act: drawLasso,
  },
  {
    ...{
      name: 'theme',
      viewport: WIDE,
      colorScheme: 'light',
      path: '/themes/t001',
      ready: '.plot-figure svg',
    },
  },
  {
    ...{ name: 'timeline-phone', viewport: NARROW, colorScheme: 'light', path: '/themes?view=timeline' },
    ready: '.trend-grid svg',
  },
  {
    ...{
      name: 'operations',
      viewport: WIDE,
      colorScheme: 'light',
      path: '/operations?view=chunks',
      ready: '.cell',
    },
    act: (page) => page.locator('.cell').nth(9).click(),
  },
  {
    ...{
      name: 'index',
      viewport: WIDE,
      colorScheme: 'dark',
      path: '/operations?view=index',
      ready: '.version-item',
    },
  },
];

/** Around the upper left quarter of the points. */
async function drawLasso(page: Page): Promise<void> {
  const { x, y, width, height } = (await page.locator('.point-map').boundingBox())!;
  const corner = (right: number, down: number) => [x + width * right, y + height * down] as const;
  await page.keyboard.down('Shift');
  await page.mouse.move(...corner(0.2, 0.05));
  await page.mouse.down();
  for (const [right, down] of [
    [0.52, 0.05],
    [0.52, 0.35],
    [0.2, 0.35],
    [0.2, 0.06],
  ] as const)
    await page.mouse.move(...corner(right, down), { steps: 6 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await page.locator('.selection-texts li').first().waitFor();
  await page.mouse.move(...corner(0.62, 0.26));
}

/** The browser reads its own pictures. */
async function pixelsOf(png: Buffer, page: Page): Promise<Pixels> {
  const { width, height, base64 } = await page.evaluate(async (bytes) => {
    const bitmap = await createImageBitmap(
      new Blob([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))]),
    );
    const copy = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    copy.drawImage(bitmap, 0, 0);
    const { data } = copy.getImageData(0, 0, bitmap.width, bitmap.height);
    const text = Array.from(data, (byte) => String.fromCharCode(byte)).join('');
    return { width: bitmap.width, height: bitmap.height, base64: btoa(text) };
  }, png.toString('base64'));
  return { width, height, rgba: Buffer.from(base64, 'base64') };
}

const engine = await chromium();
if (!engine.ok) throw new Error(engine.reason);
execFileSync('npm', ['run', '--silent', 'build:web'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
await mkdir(IMAGES, { recursive: true });
const lake = await existingLake(join(ROOT, 'demo', 'lake'));
{
  await using server = await served({ config: join(ROOT, 'demo', 'throughline.yaml'), lake });
  for (const { name, path, viewport, colorScheme, ready, act } of SHOTS) {
    const page = await engine.browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
    await page.goto(server.url + path);
    await page.locator(ready).first().waitFor();
    await act?.(page);
    await page.waitForTimeout(REST_MS);
    const file = join(IMAGES, `${name}.png`);
    const picture = smallPng(await pixelsOf(await page.screenshot(), page));
    await page.close();
    await writeFile(file, picture);
    console.log(`docs/images/${name}.png: ${Math.ceil(picture.length / 1000)} kB`);
  }
}
await engine.stop();
