/** A state as a word with a sign and a colour: the colour alone would not be seen by all. */
const SIGNS: Record<string, string> = {
  ...{ done: '✓', passed: '✓', running: '…', measured: '·', idle: '·' },
  ...{ failed: '✕', interrupted: '!', abandoned: '!', unfinished: '!' },
};

export function StatusMark({ status }: { status: string }) {
  return (
    <span className={`status-mark status-${status}`}>
      <span aria-hidden="true">{SIGNS[status] ?? '·'}</span> {status}
    </span>
  );
}
