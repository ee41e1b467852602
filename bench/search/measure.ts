/** Times one question after another. */
export interface Measured {
  /** Milliseconds. */
  p50: number;
  p95: number;
  /** The ids that each of the first questions found, best first. */
  found: string[][];
}

export type Ask = (question: number) => Promise<string[]>;

const WARM = 100;
/** Questions of which the recall is measured. */
const JUDGED = 200;

export async function measure(ask: Ask, questions: number): Promise<Measured> {
  for (let i = 0; i < WARM; i++) await ask(questions - 1 - i);
  const times: number[] = [];
  const found: string[][] = [];
  for (let i = 0; i < questions; i++) {
    const started = performance.now();
    const ids = await ask(i);
    times.push(performance.now() - started);
    if (i < JUDGED) found.push(ids);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * times.length)]!;
  return { p50: at(0.5), p95: at(0.95), found };
}
