import { useEffect } from 'react';

/** What the tab and the history call the page. */
export function usePageTitle(...parts: readonly (string | undefined)[]): void {
  const title = [...parts, 'Throughline'].filter((part) => part).join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
