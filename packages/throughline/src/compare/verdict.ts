/** Limits of what still counts as the same results, and whether they are kept. */

export interface Limits {
  /** Rows of A that B may lack, and the reverse. */
  missing?: number | undefined;
  extra?: number | undefined;
  /** Rows whose text may differ. */
  changed?: number | undefined;
  /** Records of several passages that may stand beside one row, and are not compared. */
  notComparable?: number | undefined;
  /** Least cosine of two vectors of one row. */
  minCosine?: number | undefined;
  /** Least mean share of common neighbours. */
  topTen?: number | undefined;
  /** Least adjusted mutual information of the themes. */
  ami?: number | undefined;
  /** Least adjusted Rand index of the themes. */
  ari?: number | undefined;
}

export interface VerdictLine {
  limit: keyof Limits | 'duplicates' | 'vectors';
  wanted: number;
  /** Null if it could not be measured. */
  found: number | null;
  ok: boolean;
}

/** What holds where nobody says otherwise. Neighbours and themes have no limit of their own. */
export const DEFAULT_LIMITS = {
  missing: 0,
  extra: 0,
  changed: 0,
  notComparable: 0,
  minCosine: 0.9999,
} as const;

/** Of limits, those that something has to reach. */
export const LEAST: readonly VerdictLine['limit'][] = ['minCosine', 'topTen', 'ami', 'ari'];

export interface Measures {
  missing: number;
  extra: number;
  /** Rows that one side repeats more often than the other. */
  duplicates: number;
  /** Rows that both sides have. */
  matched: number;
  /** Undefined where a side has no texts, vectors or themes; null where no two rows could be compared. */
  changed: number | null | undefined;
  minCosine: number | null | undefined;
  /** Records of several passages beside one row: neither their vectors nor their themes are compared. */
  notComparable: number;
  /** Vectors that have no counterpart to be compared with. */
  unlikeVectors: number | undefined;
  topTen: number | null | undefined;
  ami: number | null | undefined;
  ari: number | null | undefined;
}

/**
 * A limit that was asked for and cannot be measured is not kept; a default one is left out where a side has nothing to
 * measure. Rows that one side repeats more often, and vectors without a counterpart, are never within the limits.
 */
export function verdictOf(found: Measures, asked: Limits): VerdictLine[] {
  const lines: VerdictLine[] = [
    most('missing', asked.missing ?? DEFAULT_LIMITS.missing, found.missing),
    most('extra', asked.extra ?? DEFAULT_LIMITS.extra, found.extra),
    most('duplicates', 0, found.duplicates),
    most('notComparable', asked.notComparable ?? DEFAULT_LIMITS.notComparable, found.notComparable),
  ];
  if (asked.changed !== undefined || found.changed !== undefined)
    lines.push(most('changed', asked.changed ?? DEFAULT_LIMITS.changed, found.changed ?? null));
  if (asked.minCosine !== undefined || (found.minCosine !== undefined && found.matched > 0)) {
    if (found.unlikeVectors !== undefined) lines.push(most('vectors', 0, found.unlikeVectors));
    lines.push(least('minCosine', asked.minCosine ?? DEFAULT_LIMITS.minCosine, found.minCosine));
  }
  if (asked.topTen !== undefined) lines.push(least('topTen', asked.topTen, found.topTen));
  if (asked.ami !== undefined) lines.push(least('ami', asked.ami, found.ami));
  if (asked.ari !== undefined) lines.push(least('ari', asked.ari, found.ari));
  // What is let be has no line.
  return lines.filter(({ wanted }) => Number.isFinite(wanted));
}

function most(limit: VerdictLine['limit'], wanted: number, found: number | null): VerdictLine {
  return { limit, wanted, found, ok: found !== null && found <= wanted };
}

function least(limit: VerdictLine['limit'], wanted: number, found: number | null | undefined): VerdictLine {
  return {
    limit,
    wanted,
    found: found ?? null,
    ok: found !== null && found !== undefined && found >= wanted,
  };
}
