import { lazy, Suspense } from 'react';
import { useScope } from '../api/use-about.ts';
import { usePageTitle } from '../ui/page-title.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { EditsList } from './edits-list.tsx';
import { ThemeList } from './theme-list.tsx';
import './themes.css';

const ThemesMap = lazy(() => import('../map/themes-map.tsx'));
const Timeline = lazy(() => import('./timeline.tsx'));

const VIEWS = ['list', 'map', 'timeline', 'edits'] as const;

export default function ThemesPage({ query }: { query: URLSearchParams }) {
  const admin = useScope('admin');
  const view = VIEWS.find((one) => one === query.get('view')) ?? 'list';
  usePageTitle({ list: 'Themes', map: 'Map', timeline: 'Timeline', edits: 'Edits' }[view]);
  const tabs = [
    { name: 'list', text: 'Themes', to: '/themes' },
    { name: 'map', text: 'Map', to: '/themes?view=map' },
    { name: 'timeline', text: 'Timeline', to: '/themes?view=timeline' },
    ...(admin ? [{ name: 'edits', text: 'Edits', to: '/themes?view=edits' } as const] : []),
  ] as const;
  return (
    <div className={`themes-page view-${view}`}>
      <div className="page-head">
        <h1>Themes</h1>
        <Tabs label="Views of the themes" tabs={tabs} current={view} />
      </div>
      <Suspense fallback={<Skeleton lines={8} />}>
        {view === 'list' && <ThemeList query={query} />}
        {view === 'map' && <ThemesMap />}
        {view === 'timeline' && <Timeline query={query} />}
        {view === 'edits' && <EditsList />}
      </Suspense>
    </div>
  );
}
