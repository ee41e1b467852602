import { useEffect, useMemo, useRef, useState } from 'react';
import { FitIcon, LassoIcon, MinusIcon, PlusIcon } from '../ui/icons.tsx';
import { coloursOf } from './colours.ts';
import { HoverCard } from './hover-card.tsx';
import { MapLabels } from './map-labels.tsx';
import { createPointRenderer, type PointRenderer } from './point-renderer.ts';
import type { Points } from './points.ts';
import type { MapTheme } from './themes-map.tsx';
import { useGestures } from './use-gestures.ts';
import { useMapView } from './use-map-view.ts';

interface PointMapProps {
  points: Points;
  themes: readonly MapTheme[];
  /** Numbers of the themes that are not drawn. */
  hidden: ReadonlySet<number>;
  selected: readonly number[];
  dark: boolean;
  onSelect: (points: readonly number[]) => void;
}

const STEP = 1.6;

/** The map itself: drawn, zoomed, read, and chosen from. */
export function PointMap({ points, themes, hidden, selected, dark, onSelect }: PointMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const renderer = useRef<PointRenderer>(undefined);
  const [impossible, setImpossible] = useState(false);
  const [lassoing, setLassoing] = useState(false);
  const { view, size, zoomBy, panBy, fitAll } = useMapView(frame, points.extent);
  const shown = (theme: number) => !hidden.has(theme);
  const { hovered, lasso, handlers } = useGestures({
    ...{ frame, view, size, points, shown, lassoing, zoomBy, panBy },
    onSelect: (chosen) => {
      setLassoing(false);
      onSelect(chosen);
    },
  });

  useEffect(() => {
    renderer.current = createPointRenderer(canvas.current!);
    setImpossible(renderer.current === undefined);
    return () => renderer.current?.dispose();
  }, []);
  useEffect(() => renderer.current?.setPoints(points.columns.x, points.columns.y), [points]);
  const colours = useMemo(
    () => coloursOf(points.columns.theme, hidden, new Set(selected), dark),
    [points, hidden, selected, dark],
  );
  useEffect(() => {
    renderer.current?.setColours(colours);
  }, [colours]);
  useEffect(() => {
    if (view === undefined) return;
    // Drawn before the next paint, once for all that has changed until then.
    const wanted = requestAnimationFrame(() =>
      renderer.current?.draw(view, size, diameter(points, view.scale)),
    );
    return () => cancelAnimationFrame(wanted);
  });

  const middle = [size.width / 2, size.height / 2] as const;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a map is no set of form fields
    <div
      ref={frame}
      role="group"
      aria-label="Map. Arrows move it, plus and minus zoom, 0 shows all. The same as a table: see the checkbox above."
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows move it
      tabIndex={0}
      className={lassoing ? 'point-map lassoing' : 'point-map'}
      {...handlers}
    >
      <canvas ref={canvas} />
      {impossible && (
        <p className="map-impossible">This browser cannot draw the map (WebGL 2 is off). See the table.</p>
      )}
      {view && <MapLabels points={points} themes={themes} hidden={hidden} view={view} size={size} />}
      {lasso.length > 1 && (
        <svg className="lasso" aria-hidden="true">
          <polygon points={lasso.map(([x, y]) => `${x},${y}`).join(' ')} />
        </svg>
      )}
      {hovered && <HoverCard points={points} themes={themes} hovered={hovered} size={size} />}
      <div className="map-buttons">
        <button
          type="button"
          aria-pressed={lassoing}
          aria-label="Draw a lasso"
          title="Draw a lasso (or drag with Shift)"
          onClick={() => setLassoing(!lassoing)}
        >
          <LassoIcon />
        </button>
        <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoomBy(STEP, middle)}>
          <PlusIcon />
        </button>
        <button
          type="button"
          aria-label="Zoom out"
          title="Zoom out (-)"
          onClick={() => zoomBy(1 / STEP, middle)}
        >
          <MinusIcon />
        </button>
        <button type="button" aria-label="Show all" title="Show all (0)" onClick={fitAll}>
          <FitIcon />
        </button>
      </div>
    </div>
  );
}

/** Of a point in CSS pixels: few points are drawn larger, and all of them when one zooms in. */
function diameter({ columns: { x }, extent }: Points, scale: number): number {
  const across = (extent.maxX - extent.minX || 1) * scale;
  const room = across / Math.sqrt(x.length || 1);
  return Math.min(12, Math.max(3, room * 0.42));
}
