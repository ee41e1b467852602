import { useState } from 'react';
import type { AnswerOf, RequestOf } from 'throughline/api';
import { ErrorNote } from '../api/error-note.tsx';
import { useCall } from '../api/use-call.ts';
import { Dialog } from '../ui/dialog.tsx';
import { navigate } from '../url/location.ts';
import { useEdit } from './use-edit.ts';

type Edit = RequestOf<'editThemes'>['body'];
type Kind = 'rename' | 'merge' | 'split' | 'hide';

const TITLES: Record<Kind, string> = {
  rename: 'Rename',
  merge: 'Merge into another theme',
  split: 'Split the theme',
  hide: 'Hide the theme',
};

/** What a person may make of a theme. Each edit is kept with its author, replayed on refits, and can be undone. */
export function ThemeActions({ theme }: { theme: AnswerOf<'theme'> }) {
  const [open, setOpen] = useState<Kind>();
  const edit = useEdit();
  const close = () => {
    setOpen(undefined);
    edit.reset();
  };
  const save = (body: Edit) =>
    edit.mutate(
      { body },
      {
        onSuccess: () => {
          close();
          if (body.kind === 'merge') navigate(`/themes/${encodeURIComponent(body.into)}`);
          if (body.kind === 'hide' || body.kind === 'split') navigate('/themes');
        },
      },
    );
  return (
    <div className="theme-actions">
      <button type="button" onClick={() => setOpen('rename')}>
        Rename
      </button>
      {theme.kind !== 'group' && (
        <>
          <button type="button" onClick={() => setOpen('merge')}>
            Merge
          </button>
          <button type="button" onClick={() => setOpen('split')}>
            Split
          </button>
          <button
            type="button"
            disabled={theme.pinned || edit.isPending}
            title="A pinned theme is kept in each refit"
            onClick={() => save({ kind: 'pin', theme: theme.id })}
          >
            {theme.pinned ? 'Pinned' : 'Pin'}
          </button>
          <button type="button" disabled={theme.hidden} onClick={() => setOpen('hide')}>
            {theme.hidden ? 'Hidden' : 'Hide'}
          </button>
        </>
      )}
      {open === undefined && edit.error && <ErrorNote error={edit.error} />}
      <Dialog open={open !== undefined} title={open ? TITLES[open] : ''} onClose={close}>
        {open && (
          <EditForm kind={open} theme={theme} pending={edit.isPending} onSave={save} onCancel={close} />
        )}
        {edit.error && <ErrorNote error={edit.error} />}
      </Dialog>
    </div>
  );
}

interface FormProps {
  kind: Kind;
  theme: AnswerOf<'theme'>;
  pending: boolean;
  onSave: (edit: Edit) => void;
  onCancel: () => void;
}

function EditForm({ kind, theme, pending, onSave, onCancel }: FormProps) {
  const [label, setLabel] = useState(theme.label);
  const [into, setInto] = useState(theme.neighbours[0]?.id ?? '');
  const [parts, setParts] = useState('');
  const others = useCall('themes', { query: {} }, { enabled: kind === 'merge' });
  const edit = (): Edit => {
    if (kind === 'rename') return { kind, theme: theme.id, label };
    if (kind === 'merge') return { kind, theme: theme.id, into };
    if (kind === 'split') return { kind, theme: theme.id, ...(parts === '' ? {} : { parts: Number(parts) }) };
    return { kind, theme: theme.id };
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSave(edit());
      }}
    >
      {kind === 'rename' && (
        <label>
          <span>Name</span>
          <input value={label} maxLength={200} required onChange={(event) => setLabel(event.target.value)} />
        </label>
      )}
      {kind === 'merge' && (
        <label>
          <span>Its passages go to</span>
          <select value={into} required onChange={(event) => setInto(event.target.value)}>
            {others.data?.themes
              .filter(({ id, kind }) => id !== theme.id && kind === 'theme')
              .map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
          </select>
        </label>
      )}
      {kind === 'split' && (
        <label>
          <span>Parts; left empty, as many as its passages make</span>
          <input
            type="number"
            min={2}
            max={50}
            value={parts}
            onChange={(event) => setParts(event.target.value)}
          />
        </label>
      )}
      {kind === 'hide' && <p>It is left out of lists, and can be shown again by undoing this edit.</p>}
      <div className="dialog-actions">
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="primary" disabled={pending}>
          {pending ? 'Saving' : 'Save'}
        </button>
      </div>
    </form>
  );
}
