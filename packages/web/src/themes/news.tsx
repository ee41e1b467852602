import { percent } from '../format/numbers.ts';
import { EMPTY, searchAddress } from '../search/search-state.ts';
import { Link } from '../url/link.tsx';
import type { Trends } from './use-trends.ts';

type Item = Trends['news'][number];

/** What grew, what is new and what fades in the last whole period, with texts that stand for it. */
export function News({ news }: { news: readonly Item[] }) {
  const emerging = news.filter(({ change }) => change !== 'less');
  const fading = news.filter(({ change }) => change === 'less');
  return (
    <div className="news">
      <Column title="Emerging" none="No theme has grown beyond chance." items={emerging} />
      <Column title="Fading" none="No theme has shrunk beyond chance." items={fading} />
    </div>
  );
}

function Column({ title, none, items }: { title: string; none: string; items: readonly Item[] }) {
  return (
    <section>
      <h2>{title}</h2>
      {items.length === 0 && <p className="note">{none}</p>}
      <ul>
        {items.map(({ theme, label, change, before, share, q, texts }) => (
          <li key={theme} className={`news-item change-${change}`}>
            <h3>
              <Link to={`/themes/${encodeURIComponent(theme)}`}>{label}</Link>
            </h3>
            <p title={`False discovery rate q = ${q.toPrecision(2)}`}>
              {change === 'new' ? `new, ${percent(share)}` : `${percent(before)} → ${percent(share)}`}
            </p>
            <ul className="news-texts">
              {texts.slice(0, 1).map(({ recordId, text }) => (
                <li key={recordId}>
                  <Link to={searchAddress({ ...EMPTY, record: recordId })}>{text}</Link>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
