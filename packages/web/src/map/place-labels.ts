import type { Size } from './view.ts';

interface Label {
  text: string;
  /** Of its middle, in pixels. */
  x: number;
  y: number;
}

/** About the width of a letter, and the height of a line, of the labels on the map, in pixels. */
const [LETTER, LINE] = [6.6, 20];
const EDGE = 8;

/** The labels to draw: the first ones win, and none covers another. Those at an edge are moved to be read as a whole. */
export function placeLabels<T extends Label>(labels: readonly T[], { width, height }: Size): T[] {
  const placed: T[] = [];
  for (const label of labels) {
    if (label.x < 0 || label.x > width || label.y < 0 || label.y > height) continue;
    const half = Math.min((label.text.length * LETTER) / 2 + EDGE, width / 2);
    const inside = { ...label, x: Math.min(Math.max(label.x, half), width - half) };
    if (!placed.some((other) => cover(inside, other))) placed.push(inside);
  }
  return placed;
}

function cover(a: Label, b: Label): boolean {
  const apart = ((a.text.length + b.text.length) / 2) * LETTER;
  return Math.abs(a.x - b.x) < apart && Math.abs(a.y - b.y) < LINE;
}
