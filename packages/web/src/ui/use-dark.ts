import { useSyncExternalStore } from 'react';

const SYSTEM = matchMedia('(prefers-color-scheme: dark)');

/** Whether the page is dark now: for what CSS does not reach, such as a canvas. */
export function useDark(): boolean {
  return useSyncExternalStore(subscribe, () => {
    const chosen = document.documentElement.dataset.appearance;
    return chosen === undefined ? SYSTEM.matches : chosen === 'dark';
  });
}

function subscribe(onChange: () => void): () => void {
  SYSTEM.addEventListener('change', onChange);
  addEventListener('throughline:appearance', onChange);
  return () => {
    SYSTEM.removeEventListener('change', onChange);
    removeEventListener('throughline:appearance', onChange);
  };
}
