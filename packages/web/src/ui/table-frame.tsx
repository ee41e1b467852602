import type { ReactNode } from 'react';

/** A table that scrolls sideways where it is too wide, also by keys. */
export function TableFrame({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: so that it can be scrolled by keys
    <section className="table-frame" aria-label={label} tabIndex={0}>
      <table>{children}</table>
    </section>
  );
}
