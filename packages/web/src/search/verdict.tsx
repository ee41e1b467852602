import type { RequestOf } from 'throughline/api';
import { ErrorNote } from '../api/error-note.tsx';
import { useChange } from '../api/use-call.ts';
import { DownIcon, UpIcon } from '../ui/icons.tsx';

export type Verdict = 'up' | 'down';

interface VerdictProps {
  judged: Omit<RequestOf<'feedback'>['body'], 'verdict'>;
  verdict: Verdict | undefined;
  onVerdict: (verdict: Verdict) => void;
}

/** Whether the record answers the query: what people say becomes judgements to measure the search by. */
export function VerdictButtons({ judged, verdict, onVerdict }: VerdictProps) {
  const feedback = useChange('feedback');
  const say = (said: Verdict) => {
    feedback.mutate({ body: { ...judged, verdict: said } }, { onSuccess: () => onVerdict(said) });
  };
  const button = (said: Verdict, text: string) => (
    <button
      type="button"
      className="quiet icon"
      aria-label={text}
      title={text}
      aria-pressed={verdict === said}
      disabled={feedback.isPending}
      onClick={() => say(said)}
    >
      {said === 'up' ? <UpIcon /> : <DownIcon />}
    </button>
  );
  return (
    <>
      {button('up', 'Answers the question')}
      {button('down', 'Does not answer the question')}
      {feedback.error && <ErrorNote error={feedback.error} />}
    </>
  );
}
