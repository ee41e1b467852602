import { createHash } from 'node:crypto';

/**
 * Remembers which text the last vectors belong to: a server that gives the same vector for different texts answers
 * plausibly, and wrongly. Texts that differ only in case or white space count as the same: models may not see it.
 */
export interface SeenVectors {
  /** Compares the vectors with each other and with those remembered, and remembers them. */
  compare(texts: readonly string[], vectors: readonly Float32Array[]): Repeats;
}

interface Repeats {
  /** So many vectors are those of another text. */
  readonly repeated: number;
  /** Each of them was remembered for another text: it is an earlier answer. They are not remembered. */
  readonly isEarlierAnswer: boolean;
}

/** Vectors that are remembered: 1 MB. */
const MOST = 4096;

export function openSeenVectors(): SeenVectors {
  const textOf = new Map<string, string>();
  return {
    compare: (texts, vectors) => {
      const pairs = vectors.map((vector, i) => [digest(vector), digest(plain(texts[i]!))] as const);
      const isOfAnother = (known: string | undefined, text: string) => known !== undefined && known !== text;
      const here = new Map<string, string>();
      let [repeated, earlier] = [0, 0];
      for (const [vector, text] of pairs) {
        if (isOfAnother(textOf.get(vector), text)) earlier++;
        if (isOfAnother(here.get(vector) ?? textOf.get(vector), text)) repeated++;
        here.set(vector, text);
      }
      const isEarlierAnswer = pairs.length > 1 && earlier === pairs.length;
      if (!isEarlierAnswer) remember(textOf, here);
      return { repeated, isEarlierAnswer };
    },
  };
}

function remember(textOf: Map<string, string>, here: ReadonlyMap<string, string>): void {
  for (const [vector, text] of here) textOf.set(vector, text);
  for (const oldest of textOf.keys()) {
    if (textOf.size <= MOST) return;
    textOf.delete(oldest);
  }
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

function digest(value: string | Float32Array): string {
  const bytes =
    typeof value === 'string' ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return createHash('sha1').update(bytes).digest('base64');
}
