import { lazy, Suspense, useState } from 'react';
import { BusyNotice } from './api/busy-notice.tsx';
import { KeyDialog } from './api/key-dialog.tsx';
import { FaultBoundary } from './fault-boundary.tsx';
import { SearchPage } from './search/search-page.tsx';
import { TopBar } from './top-bar.tsx';
import { Empty } from './ui/empty.tsx';
import { KeysDialog } from './ui/keys-dialog.tsx';
import { Skeleton } from './ui/skeleton.tsx';
import { Link } from './url/link.tsx';
import { useLocation } from './url/location.ts';
import { type Route, routeOf } from './url/route.ts';
import { useGoKeys } from './use-go-keys.ts';

// The search page is what most people come for; the others load when they are opened.
const ThemesPage = lazy(() => import('./themes/themes-page.tsx'));
const ThemePage = lazy(() => import('./themes/theme-page.tsx'));
const OperationsPage = lazy(() => import('./operations/operations-page.tsx'));

export function App() {
  const route = routeOf(useLocation());
  const [keysShown, showKeys] = useState(false);
  useGoKeys(() => showKeys(true));
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <TopBar page={route.page} onKeys={() => showKeys(true)} />
      <main id="main" tabIndex={-1}>
        <FaultBoundary key={route.page}>
          <Suspense fallback={<Skeleton lines={6} />}>
            <Page route={route} />
          </Suspense>
        </FaultBoundary>
      </main>
      <BusyNotice />
      <KeyDialog />
      <KeysDialog open={keysShown} onClose={() => showKeys(false)} />
    </>
  );
}

function Page({ route }: { route: Route }) {
  if (route.page === 'search') return <SearchPage record={route.record} query={route.query} />;
  if (route.page === 'themes') return <ThemesPage query={route.query} />;
  if (route.page === 'theme') return <ThemePage key={route.id} id={route.id} query={route.query} />;
  if (route.page === 'operations') return <OperationsPage query={route.query} />;
  return (
    <Empty title="There is no such page">
      <p>
        Go to <Link to="/search">search</Link>, <Link to="/themes">themes</Link> or{' '}
        <Link to="/operations">operations</Link>.
      </p>
    </Empty>
  );
}
