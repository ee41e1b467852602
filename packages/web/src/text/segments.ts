/** UTF-16 code units, half-open, as the API gives them. */
export interface Span {
  start: number;
  end: number;
}

export interface Segment {
  text: string;
  marked: boolean;
}

/** The text in parts, in order: those inside a span are marked. Spans may overlap, or reach out of the text. */
export function segments(text: string, spans: readonly Span[]): Segment[] {
  const parts: Segment[] = [];
  let done = 0;
  const add = (to: number, marked: boolean) => {
    if (to > done) parts.push({ text: text.slice(done, to), marked });
    done = Math.max(done, to);
  };
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    add(Math.min(start, text.length), false);
    add(Math.min(end, text.length), true);
  }
  add(text.length, false);
  return parts;
}
