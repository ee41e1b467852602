import { useEffect, useState } from 'react';
import { useCall } from '../api/use-call.ts';
import type { Points } from './points.ts';
import type { MapTheme } from './themes-map.tsx';
import type { Size } from './view.ts';

interface HoverProps {
  points: Points;
  themes: readonly MapTheme[];
  hovered: { point: number; at: readonly [x: number, y: number] };
  size: Size;
}

const WIDTH = 320;
/** A pointer that only passes by asks for nothing. */
const PAUSE_MS = 80;

/** The text of the point under the pointer. */
export function HoverCard({ points, themes, hovered: { point, at }, size }: HoverProps) {
  const [rested, setRested] = useState<number>();
  useEffect(() => {
    const timer = setTimeout(() => setRested(point), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [point]);
  const passageId = points.columns.passageIds[point]!;
  const passages = useCall('passages', { body: { passageIds: [passageId] } }, { enabled: rested === point });
  const theme = themes.find(({ number }) => number === points.columns.theme[point]);
  const [x, y] = at;
  const left = Math.max(8, Math.min(x + 14, size.width - WIDTH - 8));
  const below = y < size.height / 2;
  return (
    <div
      className="hover-card"
      style={{ left, width: WIDTH, ...(below ? { top: y + 14 } : { bottom: size.height - y + 14 }) }}
    >
      <p className="hover-theme">
        <span className="swatch" style={{ background: theme?.colour }} /> {theme?.label}
      </p>
      <p className="hover-text">{passages.data?.passages[0]?.text ?? '…'}</p>
    </div>
  );
}
