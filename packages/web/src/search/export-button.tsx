import { useRef, useState } from 'react';
import type { About } from '../api/use-about.ts';
import { download } from '../csv/download.ts';
import { DownloadIcon } from '../ui/icons.tsx';
import { allHits } from './all-hits.ts';
import { hitsCsv } from './hits-csv.ts';
import { searchCall } from './request.ts';
import type { SearchState } from './search-state.ts';

const MOST = 1_000;

/** Saves what is found, its first thousand records, as a file of a spreadsheet. */
export function ExportButton({ state, about }: { state: SearchState; about: About }) {
  const [progress, setProgress] = useState<number | 'failed'>();
  const running = useRef<AbortController>(undefined);
  const run = async () => {
    const wanted = searchCall({ ...state, explain: false }, about);
    if (wanted === undefined) return;
    const end = new AbortController();
    running.current = end;
    setProgress(0);
    try {
      const hits = await allHits(wanted, MOST, setProgress, end.signal);
      download(`${about.name}-search.csv`, hitsCsv(hits, about));
      setProgress(undefined);
    } catch {
      setProgress(end.signal.aborted ? undefined : 'failed');
    }
  };
  if (typeof progress === 'number')
    return (
      <button type="button" className="quiet" onClick={() => running.current?.abort()}>
        {progress} records, stop
      </button>
    );
  return (
    <button type="button" className="quiet" title={`The first ${MOST} records as CSV`} onClick={run}>
      <DownloadIcon /> <span aria-live="polite">{progress === 'failed' ? 'CSV failed: again' : 'CSV'}</span>
    </button>
  );
}
