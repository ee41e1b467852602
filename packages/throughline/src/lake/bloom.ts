/**
 * A set that may say yes by mistake and never says no by mistake (Bloom 1970), in memory of a fixed size.
 * Holds hex digests, whose digits are already as good as random: positions are taken from them directly.
 */
export interface BloomFilter {
  add(digest: string): void;
  /** False only if the digest was never added. */
  mayHave(digest: string): boolean;
}

/** 16 MiB: with seven positions, one mistake in 100 at 14 million digests. */
const BITS_LOG2 = 27;
const POSITIONS = 7;
const DIGITS = 8;

/** For digests of 64 hex digits. */
export function bloomFilter(): BloomFilter {
  const bits = new Uint8Array(2 ** BITS_LOG2 / 8);
  const position = (digest: string, i: number) =>
    Number.parseInt(digest.slice(i * 7, i * 7 + DIGITS), 16) % 2 ** BITS_LOG2;
  return {
    add(digest) {
      for (let i = 0; i < POSITIONS; i++) {
        const at = position(digest, i);
        bits[at >> 3]! |= 1 << (at & 7);
      }
    },
    mayHave(digest) {
      for (let i = 0; i < POSITIONS; i++) {
        const at = position(digest, i);
        if ((bits[at >> 3]! & (1 << (at & 7))) === 0) return false;
      }
      return true;
    },
  };
}
