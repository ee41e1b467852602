/** Which part of the map is in sight: data coordinates of the middle, and pixels for one unit of data. */
export interface View {
  x: number;
  y: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Extent {
  minX: number;
  maxX: number;
  minY: number;
  maxY: number;
}

/** Room at the edges when all is in sight. */
const FILLED = 0.92;
const MAX_ZOOM = 400;

export function extentOf(xs: ArrayLike<number>, ys: ArrayLike<number>): Extent {
  const extent = { minX: Infinity, maxX: -Infinity, minY: Infinity, maxY: -Infinity };
  for (let i = 0; i < xs.length; i++) {
    extent.minX = Math.min(extent.minX, xs[i]!);
    extent.maxX = Math.max(extent.maxX, xs[i]!);
    extent.minY = Math.min(extent.minY, ys[i]!);
    extent.maxY = Math.max(extent.maxY, ys[i]!);
  }
  return xs.length === 0 ? { minX: 0, maxX: 1, minY: 0, maxY: 1 } : extent;
}

/** All points in sight. */
export function fit({ minX, maxX, minY, maxY }: Extent, { width, height }: Size): View {
  const scale = FILLED * Math.min(width / (maxX - minX || 1), height / (maxY - minY || 1));
  return { x: (minX + maxX) / 2, y: (minY + maxY) / 2, scale };
}

/** Pixels from the top left corner; data grows upwards, the screen downwards. */
export function toScreen(view: View, { width, height }: Size, x: number, y: number): [number, number] {
  return [(x - view.x) * view.scale + width / 2, height / 2 - (y - view.y) * view.scale];
}

export function toData(view: View, { width, height }: Size, px: number, py: number): [number, number] {
  return [(px - width / 2) / view.scale + view.x, (height / 2 - py) / view.scale + view.y];
}

export function pan(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x - dx / view.scale, y: view.y + dy / view.scale };
}

/** Zooms so that what is under the pixel stays under it. `least`: the scale at which all is in sight. */
export function zoom(
  view: View,
  size: Size,
  factor: number,
  [px, py]: readonly [number, number],
  least: number,
): View {
  const scale = Math.min(Math.max(view.scale * factor, least / 2), least * MAX_ZOOM);
  const [x, y] = toData(view, size, px, py);
  const moved = view.scale / scale;
  return { x: x + (view.x - x) * moved, y: y + (view.y - y) * moved, scale };
}
