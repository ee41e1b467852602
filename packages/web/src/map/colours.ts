import { type Rgb, themeColour } from '../themes/theme-colour.ts';

/** Of a point among others, of one that was chosen, and of those beside the chosen ones. */
const [USUAL, CHOSEN, BESIDE] = [200, 255, 50];

/** Four bytes a point: its theme's colour, and how much it is to be seen. */
export function coloursOf(
  themes: readonly number[],
  hidden: ReadonlySet<number>,
  selected: ReadonlySet<number>,
  dark: boolean,
): Uint8Array {
  const known = new Map<number, Rgb>();
  const rgba = new Uint8Array(themes.length * 4);
  for (const [i, theme] of themes.entries()) {
    if (hidden.has(theme)) continue;
    if (!known.has(theme)) known.set(theme, themeColour(theme, dark));
    const [red, green, blue] = known.get(theme)!;
    const seen = selected.size === 0 ? USUAL : selected.has(i) ? CHOSEN : BESIDE;
    rgba.set([red * 255, green * 255, blue * 255, seen], i * 4);
  }
  return rgba;
}
