import { placeLabels } from './place-labels.ts';
import type { Points } from './points.ts';
import type { MapTheme } from './themes-map.tsx';
import { type Size, toScreen, type View } from './view.ts';

interface LabelsProps {
  points: Points;
  themes: readonly MapTheme[];
  hidden: ReadonlySet<number>;
  view: View;
  size: Size;
}

const MOST = 40;
const LONGEST = 34;

/** The names of the themes over their points, the largest first, none over another. */
export function MapLabels({ points, themes, hidden, view, size }: LabelsProps) {
  const labels = themes.slice(0, MOST).flatMap(({ number, label }) => {
    const middle = points.middles[number];
    if (middle === undefined || hidden.has(number)) return [];
    const [x, y] = toScreen(view, size, ...middle);
    return [{ number, text: label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label, x, y }];
  });
  return (
    <div className="map-labels" aria-hidden="true">
      {placeLabels(labels, size).map(({ number, text, x, y }) => (
        <span key={number} style={{ transform: `translate(${x}px, ${y}px) translate(-50%, -50%)` }}>
          {text}
        </span>
      ))}
    </div>
  );
}
