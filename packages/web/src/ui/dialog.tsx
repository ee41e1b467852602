import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { CloseIcon } from './icons.tsx';

interface DialogProps {
  open: boolean;
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** The browser's own modal dialog: it keeps the focus, closes by Escape, and gives the focus back. */
export function Dialog({ open, title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  // The browser tells of a closing later, perhaps when the dialog is open again: that is no wish to close it.
  const onClosed = () => {
    if (open && !dialog.current?.open) onClose();
  };
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={heading} onClose={onClosed}>
      <header className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="quiet icon" aria-label="Close" onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      {open && children}
    </dialog>
  );
}
