/** Terms below this share of the sum add nothing to it. */
const NEGLIGIBLE = 1e-18;

export interface Tails {
  /** P(X <= x). */
  lower: number;
  /** P(X >= x). */
  upper: number;
}

/**
 * Both tails of the beta-binomial distribution (`n` draws; `alpha`, `beta` > 0) at `x`. The terms are summed outwards from the mode by
 * their ratios, so that no gamma function is needed; time grows with the standard deviation.
 */
export function betaBinomialTails(x: number, n: number, alpha: number, beta: number): Tails {
  const mode = modeOf(n, alpha, beta);
  let [lower, upper, sum] = [0, 0, 0];
  const add = (k: number, term: number) => {
    sum += term;
    if (k <= x) lower += term;
    if (k >= x) upper += term;
  };
  add(mode, 1);
  // Where both are below 1 it has two modes, at the ends, and all terms count.
  const least = alpha < 1 && beta < 1 ? 0 : NEGLIGIBLE;
  for (let k = mode, term = 1; k < n && term > least * sum; k++) {
    term *= ratio(k, n, alpha, beta);
    add(k + 1, term);
  }
  for (let k = mode, term = 1; k > 0 && term > least * sum; k--) {
    term /= ratio(k - 1, n, alpha, beta);
    add(k - 1, term);
  }
  return { lower: lower / sum, upper: upper / sum };
}

/** P(k + 1) / P(k). */
function ratio(k: number, n: number, alpha: number, beta: number): number {
  return (((n - k) / (k + 1)) * (k + alpha)) / (n - k - 1 + beta);
}

/** Where it has one at each end, one of them: the walk comes to the other. */
function modeOf(n: number, alpha: number, beta: number): number {
  if (alpha <= 1) return 0;
  if (beta <= 1) return n;
  return Math.min(n, Math.max(0, Math.floor(((n + 1) * (alpha - 1)) / (alpha + beta - 2))));
}
