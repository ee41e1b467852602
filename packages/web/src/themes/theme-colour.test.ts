import assert from 'node:assert/strict';
import test from 'node:test';
import { cssColour, type Rgb, themeColour } from './theme-colour.ts';

const distance = (a: Rgb, b: Rgb) => Math.hypot(...a.map((part, i) => part - b[i]!));

test('the first eighteen themes are told apart in light and dark', () => {
  for (const dark of [false, true]) {
    const colours = Array.from({ length: 18 }, (_, i) => themeColour(i, dark));
    for (const [i, a] of colours.entries())
      for (const b of colours.slice(i + 1))
        assert.ok(distance(a, b) > 0.07, `${cssColour(a)} ${cssColour(b)}`);
  }
});

test('colours are colours', () => {
  for (const place of [-1, 0, 7, 200, 100_000])
    for (const part of themeColour(place, false)) assert.ok(part >= 0 && part <= 1);
  assert.equal(cssColour([0, 0.5, 1]), 'rgb(0 128 255)');
});
