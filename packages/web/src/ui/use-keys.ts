import { useEffect, useRef } from 'react';

/** By the name of the key, as the browser tells it. A handler that gives false has left the key alone. */
export type Keys = Readonly<Record<string, (event: KeyboardEvent) => unknown>>;

/** Keys of the whole page. They rest while somebody types, while a dialog is open, and with Ctrl, Alt or Meta. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
      if (document.querySelector('dialog[open]') !== null) return;
      if (isTyped(event.target) && event.key !== 'Escape') return;
      const handle = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (handle !== undefined && handle(event) !== false) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function isTyped(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
