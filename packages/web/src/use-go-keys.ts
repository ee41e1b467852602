import { useRef } from 'react';
import { useKeys } from './ui/use-keys.ts';
import { navigate } from './url/location.ts';

const PAGES: Record<string, string> = { s: '/search', t: '/themes', o: '/operations' };
/** Between `g` and the letter of the page. */
const PAUSE_MS = 1_000;

/** Keys that work on every page: `g s`, `g t`, `g o`, and `?`. */
export function useGoKeys(onHelp: () => void): void {
  const pressed = useRef(Number.NEGATIVE_INFINITY);
  const go = (letter: string) => (event: KeyboardEvent) => {
    if (event.timeStamp - pressed.current > PAUSE_MS) return false;
    pressed.current = Number.NEGATIVE_INFINITY;
    navigate(PAGES[letter]!);
    return true;
  };
  useKeys({
    '?': onHelp,
    g: (event) => {
      pressed.current = event.timeStamp;
    },
    ...{ s: go('s'), t: go('t'), o: go('o') },
  });
}
