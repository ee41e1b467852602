import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { Points } from './points.ts';
import { type Size, toData, type View } from './view.ts';

type Pixel = readonly [x: number, y: number];

interface GestureOptions {
  frame: RefObject<HTMLElement | null>;
  view: View | undefined;
  size: Size;
  points: Points;
  shown: (theme: number) => boolean;
  /** Dragging draws a lasso instead of moving the map; with Shift it always does. */
  lassoing: boolean;
  zoomBy: (factor: number, at: Pixel) => void;
  panBy: (dx: number, dy: number) => void;
  onSelect: (points: readonly number[]) => void;
}

/** How near the pointer has to be to a point, and how far it moves before a click is a drag, in pixels. */
const [NEAR, DRAG] = [12, 4];
/** What keys do: pixels to move by, and factors to zoom by. */
const PAN: Record<string, Pixel> = {
  ...{ ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] },
};
const ZOOM: Record<string, number> = { '+': 1.4, '=': 1.4, '-': 1 / 1.4 };

/**
 * What a person does on the map. Down and up in place is a click: it chooses the point below. One pointer moved pans or
 * draws a lasso; two pinch; a wheel zooms.
 */
export function useGestures(options: GestureOptions) {
  const { frame, view, size, points, shown, lassoing, zoomBy, panBy, onSelect } = options;
  const [hovered, setHovered] = useState<{ point: number; at: Pixel }>();
  const [lasso, setLasso] = useState<readonly Pixel[]>([]);
  /** Pointers that are down: where they are now. */
  const down = useRef(new Map<number, Pixel>());
  const gesture = useRef<{ start: Pixel; kind: 'click' | 'pan' | 'lasso' | 'pinch' }>(undefined);

  const latest = useRef(zoomBy);
  latest.current = zoomBy;
  useEffect(() => {
    // React listens to wheels passively: such a listener cannot keep the page from scrolling.
    const element = frame.current!;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      latest.current(1.0016 ** -event.deltaY, pixelOf(event, element));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [frame]);

  const pointAt = ([px, py]: Pixel): number | undefined => {
    if (view === undefined) return undefined;
    const [x, y] = toData(view, size, px, py);
    return points.nearest(x, y, NEAR / view.scale, shown);
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if ((event.target as Element).closest('button, a') !== null || event.button !== 0) return;
    const at = pixelOf(event, frame.current!);
    frame.current!.setPointerCapture(event.pointerId);
    down.current.set(event.pointerId, at);
    const kind = down.current.size > 1 ? 'pinch' : lassoing || event.shiftKey ? 'lasso' : 'click';
    gesture.current = { start: at, kind };
    if (kind === 'lasso') setLasso([at]);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const at = pixelOf(event, frame.current!);
    const before = down.current.get(event.pointerId);
    if (before === undefined) {
      if ((event.target as Element).closest('.map-buttons') !== null) return setHovered(undefined);
      const point = event.pointerType === 'touch' ? undefined : pointAt(at);
      return setHovered(point === undefined ? undefined : { point, at });
    }
    const now = gesture.current;
    if (now === undefined) return;
    setHovered(undefined);
    if (now.kind === 'click' && distance(now.start, at) > DRAG) now.kind = 'pan';
    if (now.kind === 'lasso') setLasso((drawn) => [...drawn, at]);
    if (now.kind === 'pan') panBy(at[0] - before[0], at[1] - before[1]);
    if (now.kind === 'pinch') {
      const other = [...down.current].find(([id]) => id !== event.pointerId)?.[1];
      if (other) zoomBy(distance(other, at) / (distance(other, before) || 1), other);
    }
    down.current.set(event.pointerId, at);
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    if (!down.current.delete(event.pointerId)) return;
    const done = gesture.current;
    if (down.current.size > 0 || done === undefined || view === undefined) return;
    gesture.current = undefined;
    if (done.kind === 'click') {
      const point = pointAt(pixelOf(event, frame.current!));
      if (point !== undefined) onSelect([point]);
    }
    if (done.kind === 'lasso') {
      const polygon = lasso.map(([px, py]) => toData(view, size, px, py));
      setLasso([]);
      if (polygon.length > 2) onSelect(points.inside(polygon, shown));
    }
  };
  const onPointerCancel = (event: PointerEvent<HTMLElement>) => {
    down.current.delete(event.pointerId);
    gesture.current = undefined;
    setLasso([]);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== frame.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const middle = [size.width / 2, size.height / 2] as const;
    const step = PAN[event.key];
    const factor = ZOOM[event.key];
    if (step !== undefined) panBy(step[0], step[1]);
    else if (factor !== undefined) zoomBy(factor, middle);
    else if (event.key === 'Escape') onSelect([]);
    else return;
    event.preventDefault();
  };
  return {
    hovered,
    lasso,
    handlers: {
      ...{ onPointerDown, onPointerMove, onPointerUp, onPointerCancel, onKeyDown },
      onPointerLeave: () => setHovered(undefined),
    },
  };
}

function pixelOf({ clientX, clientY }: { clientX: number; clientY: number }, element: HTMLElement): Pixel {
  const { left, top } = element.getBoundingClientRect();
  return [clientX - left - element.clientLeft, clientY - top - element.clientTop];
}

function distance([ax, ay]: Pixel, [bx, by]: Pixel): number {
  return Math.hypot(ax - bx, ay - by);
}
