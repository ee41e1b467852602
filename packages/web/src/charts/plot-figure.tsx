import type * as Plot from '@observablehq/plot';
import { plot } from '@observablehq/plot';
import { useEffect, useRef, useState } from 'react';
import './charts.css';

interface FigureProps {
  /** Made anew when it changes: keep it by `useMemo`. */
  options: Plot.PlotOptions;
  height: number;
  /** What the chart shows, for who does not see it. */
  label: string;
}

/**
 * A chart as wide as its place. Plot puts a style element into each chart, which the page's policy does not allow: it is
 * taken out before the chart is part of the page, and charts.css says the same.
 */
export function PlotFigure({ options, height, label }: FigureProps) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (width === 0) return;
    const chart = plot({ ...options, width, height, className: 'plot' });
    for (const style of chart.querySelectorAll('style')) style.remove();
    // The picture has one name for all of it.
    for (const part of chart.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
    chart.setAttribute('role', 'img');
    chart.setAttribute('aria-label', label);
    place.current!.replaceChildren(chart);
  }, [options, width, height, label]);
  return <div ref={place} className="plot-figure" />;
}
