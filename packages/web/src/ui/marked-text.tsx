import { type Span, segments } from '../text/segments.ts';

/** A text with marks. It is always text, whatever it looks like. */
export function MarkedText({ text, spans }: { text: string; spans: readonly Span[] }) {
  let at = 0;
  return segments(text, spans).map((segment) => {
    const key = at;
    at += segment.text.length;
    return segment.marked ? <mark key={key}>{segment.text}</mark> : <span key={key}>{segment.text}</span>;
  });
}
