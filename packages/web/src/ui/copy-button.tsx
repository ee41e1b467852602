import { useState } from 'react';
import { LinkIcon } from './icons.tsx';

const SHOWN_MS = 2_000;

/** Copies the address of what is shown. */
export function CopyLinkButton({ to, label = 'Copy link' }: { to: string; label?: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const copy = async () => {
    const done = await navigator.clipboard?.writeText(new URL(to, location.href).href).then(
      () => true,
      () => false,
    );
    setState(done ? 'copied' : 'failed');
    setTimeout(() => setState('idle'), SHOWN_MS);
  };
  const text = { idle: label, copied: 'Copied', failed: 'Copy it from the address bar' }[state];
  return (
    <button type="button" className="quiet" title={label} onClick={copy}>
      <LinkIcon />
      <span aria-live="polite">{text}</span>
    </button>
  );
}
