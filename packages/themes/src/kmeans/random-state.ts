/** The state of MT19937: 624 words of 32 bits. */
const WORDS = 624;
const SHIFT = 397;

/**
 * numpy's legacy `RandomState(seed)`: the Mersenne twister (Matsumoto and Nishimura 1998, "Mersenne twister: a 623-dimensionally
 * equidistributed uniform pseudo-random number generator") with the initialisation of its authors for one number, and numbers in [0, 1)
 * of 53 bits.
 */
export interface RandomState {
  /** `random_sample()` */
  sample(): number;
}

/** `seed` in [0, 2^32), as numpy takes it; others are taken modulo 2^32. */
export function randomState(seed: number): RandomState {
  const state = new Uint32Array(WORDS);
  state[0] = seed >>> 0;
  for (let i = 1; i < WORDS; i++) {
    const before = state[i - 1]!;
    state[i] = Math.imul(1_812_433_253, before ^ (before >>> 30)) + i;
  }
  let at = WORDS;
  const word = () => {
    if (at === WORDS) {
      twist(state);
      at = 0;
    }
    return tempered(state[at++]!);
  };
  return {
    sample() {
      const high = word() >>> 5;
      const low = word() >>> 6;
      return (high * 67_108_864 + low) / 9_007_199_254_740_992;
    },
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < WORDS; i++) {
    const mixed = (state[i]! & 0x80000000) | (state[(i + 1) % WORDS]! & 0x7fffffff);
    state[i] = state[(i + SHIFT) % WORDS]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
  }
}

function tempered(word: number): number {
  let y = word;
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return (y ^ (y >>> 18)) >>> 0;
}
