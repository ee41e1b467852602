import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { askForKey, readKey, useKeyAsked, writeKey } from './key.ts';

/** Asks for an API key where the server wants one. */
export function KeyDialog() {
  const open = useKeyAsked();
  return (
    <Dialog open={open} title="API key" onClose={() => askForKey(false)}>
      <KeyForm />
    </Dialog>
  );
}

function KeyForm() {
  const queries = useQueryClient();
  const [key, setKey] = useState(readKey() ?? '');
  const use = (value: string | undefined) => {
    writeKey(value);
    void queries.resetQueries();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    use(key.trim() === '' ? undefined : key.trim());
  };
  return (
    <form className="key-form" onSubmit={submit}>
      <p>
        This server answers those who have a key. Who runs it makes one with{' '}
        <code>throughline serve keys create</code>. The key stays in this tab until it is closed.
      </p>
      <label>
        <span>Key</span>
        <input
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
      </label>
      <div className="dialog-actions">
        {readKey() !== undefined && (
          <button type="button" onClick={() => use(undefined)}>
            Forget the key
          </button>
        )}
        <button type="submit" className="primary">
          Use this key
        </button>
      </div>
    </form>
  );
}
