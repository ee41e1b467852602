import { type RefObject, useEffect, useState } from 'react';
import { type Extent, fit, pan, type Size, type View, zoom } from './view.ts';

/** The part in sight of a map that fills its frame. */
export function useMapView(frame: RefObject<HTMLElement | null>, extent: Extent) {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  /** Undefined: all of it. */
  const [moved, setMoved] = useState<View>();
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      setSize({ width, height });
    });
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, [frame]);
  const all = size.width === 0 ? undefined : fit(extent, size);
  const view = moved ?? all;
  return {
    view,
    size,
    zoomBy: (factor: number, at: readonly [number, number]) =>
      setMoved((before) => all && zoom(before ?? all, size, factor, at, all.scale)),
    panBy: (dx: number, dy: number) => setMoved((before) => all && pan(before ?? all, dx, dy)),
    fitAll: () => setMoved(undefined),
  };
}
