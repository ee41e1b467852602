/** Colours of themes: as many as there are, neighbours far apart, the same for the same place in the list. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Turning by the golden angle never comes near a hue that was just used. */
const GOLDEN_ANGLE = 137.508;
const FIRST_HUE = 205;
/** Three steps of lightness tell apart hues that come near each other later on. */
const LIGHTNESS = { light: [0.58, 0.47, 0.67], dark: [0.74, 0.63, 0.83] } as const;
const CHROMA = 0.14;

/** Each part from 0 to 1. Passages without a theme (-1) are grey. */
export function themeColour(place: number, dark: boolean): Rgb {
  if (place < 0) return dark ? [0.42, 0.44, 0.47] : [0.68, 0.7, 0.73];
  const hue = ((FIRST_HUE + place * GOLDEN_ANGLE) * Math.PI) / 180;
  const lightness = LIGHTNESS[dark ? 'dark' : 'light'][Math.floor(place / 6) % 3]!;
  return fromOklab(lightness, CHROMA * Math.cos(hue), CHROMA * Math.sin(hue));
}

export function cssColour([red, green, blue]: Rgb): string {
  const part = (value: number) => Math.round(value * 255);
  return `rgb(${part(red)} ${part(green)} ${part(blue)})`;
}

/** Björn Ottosson, "A perceptual color space for image processing" (2020); what sRGB does not reach is cut off. */
function fromOklab(l: number, a: number, b: number): Rgb {
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}

/** The transfer function of sRGB (IEC 61966-2-1). */
function gamma(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.min(1, Math.max(0, value));
}
