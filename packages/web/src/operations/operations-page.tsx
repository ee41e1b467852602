import { lazy, Suspense } from 'react';
import { useScope } from '../api/use-about.ts';
import { useCall } from '../api/use-call.ts';
import { useLiveStatus } from '../api/use-live-status.ts';
import { compact } from '../format/numbers.ts';
import { usePageTitle } from '../ui/page-title.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { Audit } from './audit.tsx';
import { Chunks } from './chunks.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { IndexVersions } from './index-versions.tsx';
import { Overview } from './overview.tsx';
import { Runs } from './runs.tsx';
import './operations.css';

const Quality = lazy(() => import('./quality.tsx'));

const VIEWS = ['runs', 'chunks', 'dead-letters', 'quality', 'index', 'audit'] as const;
const TITLES = {
  runs: 'Runs',
  chunks: 'Chunks',
  'dead-letters': 'Dead letters',
  quality: 'Quality',
  index: 'Index',
  audit: 'Audit',
};

/** Whether it is healthy, what has been done, and what is left to do. */
export default function OperationsPage({ query }: { query: URLSearchParams }) {
  const admin = useScope('admin');
  const view = VIEWS.find((one) => one === query.get('view')) ?? 'runs';
  const { live, status } = useLiveStatus();
  const dead = useCall('deadLetters', { query: { limit: 1 } });
  usePageTitle(TITLES[view], 'Operations');
  const open = dead.data?.total ?? 0;
  const tabs = VIEWS.filter((name) => name !== 'audit' || admin).map((name) => ({
    ...{ name, text: TITLES[name] },
    to: (name === 'runs' ? '/operations' : `/operations?view=${name}`) as `/${string}`,
    note: name === 'dead-letters' && open > 0 ? compact(open) : undefined,
  }));
  return (
    <div className={`operations-page view-${view}`}>
      <div className="page-head">
        <h1>Operations</h1>
        <Tabs label="Views of the operations" tabs={tabs} current={view} />
      </div>
      <Overview live={live} status={status} />
      <Suspense fallback={<Skeleton lines={8} />}>
        {view === 'runs' && <Runs query={query} />}
        {view === 'chunks' && <Chunks query={query} />}
        {view === 'dead-letters' && <DeadLetters query={query} admin={admin} />}
        {view === 'quality' && <Quality />}
        {view === 'index' && <IndexVersions admin={admin} />}
        {view === 'audit' && <Audit />}
      </Suspense>
    </div>
  );
}
