/** Pictures of the page as PNG with a palette (PNG, third edition, section 11): a third of what the browser writes. */
import { crc32, deflateSync } from 'node:zlib';

/** Four bytes a pixel: red, green, blue and opacity, which is left out. */
export interface Pixels {
  width: number;
  height: number;
  rgba: Uint8Array;
}

const MOST_COLOURS = 256;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The 256 most frequent colours are kept; each other pixel takes the nearest of them. */
export function smallPng({ width, height, rgba }: Pixels): Buffer {
  const palette = frequentColours(rgba);
  const numbers = new Map(palette.map((colour, number) => [colour, number]));
  // Each line begins with its filter: none.
  const lines = Buffer.alloc(height * (width + 1));
  for (let at = 0; at < width * height; at++) {
    const colour = colourAt(rgba, at);
    let number = numbers.get(colour);
    if (number === undefined) {
      number = nearest(palette, colour);
      numbers.set(colour, number);
    }
    lines[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = number;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a pixel, of a palette.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap((colour) => parts(colour)))),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

function frequentColours(rgba: Uint8Array): number[] {
  const counts = new Map<number, number>();
  for (let at = 0; at < rgba.length / 4; at++) {
    const colour = colourAt(rgba, at);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, many], [b, more]) => more - many || a - b);
  return sorted.slice(0, MOST_COLOURS).map(([colour]) => colour);
}

function colourAt(rgba: Uint8Array, pixel: number): number {
  return (rgba[4 * pixel]! << 16) | (rgba[4 * pixel + 1]! << 8) | rgba[4 * pixel + 2]!;
}

function parts(colour: number): [red: number, green: number, blue: number] {
  return [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];
}

function nearest(palette: readonly number[], colour: number): number {
  const [red, green, blue] = parts(colour);
  let [best, least] = [0, Infinity];
  for (const [number, other] of palette.entries()) {
    const [r, g, b] = parts(other);
    const away = (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2;
    if (away < least) [best, least] = [number, away];
  }
  return best;
}
