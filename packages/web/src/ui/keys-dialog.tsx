import { Dialog } from './dialog.tsx';

const KEYS = [
  [['/'], 'Go to the search box'],
  [['j', '↓'], 'Next hit'],
  [['k', '↑'], 'Hit before'],
  [['Enter'], 'Open the hit'],
  [['Esc'], 'Close what is open'],
  [['g s'], 'Search'],
  [['g t'], 'Themes'],
  [['g o'], 'Operations'],
  [['?'], 'These keys'],
] as const;

const SYNTAX = [
  ['late fees', 'many of the words, in any form, and what means the same'],
  ['"late fee"', 'only with these words in a row'],
  ['+bank', 'only with this word'],
  ['-card', 'only without it'],
  ['charg*', 'words that begin so'],
] as const;

export function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} title="Keys and query syntax" onClose={onClose}>
      <div className="keys">
        <dl>
          {KEYS.map(([keys, what]) => (
            <div key={what}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <dl>
          {SYNTAX.map(([example, what]) => (
            <div key={example}>
              <dt>
                <code>{example}</code>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}
