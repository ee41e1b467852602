import { count, percent } from '../format/numbers.ts';
import { TableFrame } from '../ui/table-frame.tsx';
import { Link } from '../url/link.tsx';
import type { MapTheme } from './themes-map.tsx';

/** The map in words: how many of its points each theme has. */
export function MapTable({ themes, total }: { themes: readonly MapTheme[]; total: number }) {
  return (
    <TableFrame label="Points of the map by theme">
      <caption className="unseen">Points of the map by theme</caption>
      <thead>
        <tr>
          <th scope="col">Theme</th>
          <th scope="col" className="number">
            Passages
          </th>
          <th scope="col" className="number">
            Share
          </th>
        </tr>
      </thead>
      <tbody>
        {themes.map(({ number, id, label, points }) => (
          <tr key={number}>
            <th scope="row">
              {id === undefined ? label : <Link to={`/themes/${encodeURIComponent(id)}`}>{label}</Link>}
            </th>
            <td className="number">{count(points)}</td>
            <td className="number">{percent(points / total)}</td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
