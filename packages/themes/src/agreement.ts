export interface Agreement {
  /** Mutual information beyond chance, 1 for the same partition, about 0 for unrelated ones (Vinh et al. 2010). */
  ami: number;
  /** Mutual information over the mean entropy; it grows with the number of groups. */
  nmi: number;
  /** Pairs treated alike beyond chance (Hubert and Arabie 1985). */
  ari: number;
  /** How far the groups of the second labelling are of one label of the first each (Rosenberg and Hirschberg 2007): 1 if all are. */
  homogeneity: number;
  /** How far the labels of the first labelling are in one group of the second each. */
  completeness: number;
}

/**
 * How well two labellings of the same items agree. The names of the labels do not matter, nor, but for homogeneity and
 * completeness, which comes first.
 * Entropies are averaged by arithmetic mean, as in scikit-learn.
 */
export function agreement<A, B>(a: ArrayLike<A>, b: ArrayLike<B>): Agreement {
  if (a.length !== b.length) throw new RangeError(`${a.length} labels cannot agree with ${b.length}`);
  return agreementOf(contingency(pairsOf(a, b)));
}

/** The same of labels that were counted: how many items, from 1, have the label `a` in one and `b` in the other. */
export function agreementOfCounts<A, B>(counts: Iterable<{ a: A; b: B; count: number }>): Agreement {
  return agreementOf(contingency(counts));
}

function* pairsOf<A, B>(a: ArrayLike<A>, b: ArrayLike<B>) {
  for (let i = 0; i < a.length; i++) yield { a: a[i]!, b: b[i]!, count: 1 };
}

function agreementOf(table: Contingency): Agreement {
  const information = mutualInformation(table);
  const [ofRows, ofColumns] = [entropy(table.rows, table.items), entropy(table.columns, table.items)];
  const mean = (ofRows + ofColumns) / 2;
  const trivial = table.rows.length === table.columns.length && table.rows.length <= 1;
  const nmi = trivial ? 1 : mean === 0 ? 0 : information / mean;
  return {
    ami: trivial ? 1 : adjusted(information, expectedInformation(table), mean),
    nmi,
    ari: rand(table),
    homogeneity: ofRows === 0 ? 1 : information / ofRows,
    completeness: ofColumns === 0 ? 1 : information / ofColumns,
  };
}

interface Contingency {
  items: number;
  /** Sizes of the groups of either labelling. */
  rows: number[];
  columns: number[];
  cells: { row: number; column: number; count: number }[];
}

function contingency<A, B>(counts: Iterable<{ a: A; b: B; count: number }>): Contingency {
  const rowOf = new Map<A, number>();
  const columnOf = new Map<B, number>();
  const cells = new Map<string, { row: number; column: number; count: number }>();
  const rows: number[] = [];
  const columns: number[] = [];
  let items = 0;
  for (const { a, b, count } of counts) {
    const row = numberOf(rowOf, a);
    const column = numberOf(columnOf, b);
    rows[row] = (rows[row] ?? 0) + count;
    columns[column] = (columns[column] ?? 0) + count;
    items += count;
    const key = `${row},${column}`;
    const cell = cells.get(key) ?? { row, column, count: 0 };
    cell.count += count;
    cells.set(key, cell);
  }
  return { items, rows, columns, cells: [...cells.values()] };
}

function numberOf<T>(numbers: Map<T, number>, label: T): number {
  const known = numbers.get(label);
  if (known !== undefined) return known;
  numbers.set(label, numbers.size);
  return numbers.size - 1;
}

function entropy(sizes: number[], items: number): number {
  return sizes.reduce((sum, size) => sum - (size / items) * Math.log(size / items), 0);
}

function mutualInformation({ cells, rows, columns, items }: Contingency): number {
  return cells.reduce(
    (sum, { row, column, count }) =>
      sum + (count / items) * Math.log((count * items) / (rows[row]! * columns[column]!)),
    0,
  );
}

/** Vinh, Epps and Bailey 2010, equation 24a: the mean over all tables with these margins. */
function expectedInformation({ rows, columns, items }: Contingency): number {
  let sum = 0;
  for (const [a, rowCount] of countsOf(rows)) {
    for (const [b, columnCount] of countsOf(columns))
      sum += expectedOfPair(a, b, items) * rowCount * columnCount;
  }
  return sum;
}

/** Less than this much of the likeliest size changes no sum of doubles. */
const NEGLIGIBLE = 1e-20;

/**
 * Groups of `a` and `b` items share n of them by chance as the hypergeometric distribution says: from its likeliest n to
 * both sides, each chance from the one before, until they are negligible.
 */
function expectedOfPair(a: number, b: number, items: number): number {
  const [least, most] = [Math.max(0, a + b - items), Math.min(a, b)];
  const mode = Math.min(most, Math.max(least, Math.floor(((a + 1) * (b + 1)) / (items + 2))));
  const term = (n: number) => (n === 0 ? 0 : (n / items) * Math.log((items * n) / (a * b)));
  // How much likelier n + 1 is than n.
  const ratio = (n: number) => ((a - n) / (n + 1)) * ((b - n) / (items - a - b + n + 1));
  let [weights, sum] = [1, term(mode)];
  for (let n = mode, weight = 1; n < most && weight > NEGLIGIBLE; n++) {
    weight *= ratio(n);
    weights += weight;
    sum += weight * term(n + 1);
  }
  for (let n = mode, weight = 1; n > least && weight > NEGLIGIBLE; n--) {
    weight /= ratio(n - 1);
    weights += weight;
    sum += weight * term(n - 1);
  }
  return sum / weights;
}

/** How often each size occurs: equal sizes share their terms. */
function countsOf(sizes: number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1);
  return counts;
}

/** Where chance alone reaches the most there is (every item alone, in both), agreement is perfect. */
function adjusted(information: number, expected: number, most: number): number {
  const range = most - expected;
  return Math.abs(range) < 1e-12 ? 1 : (information - expected) / range;
}

function rand({ cells, rows, columns, items }: Contingency): number {
  const pairs = (n: number) => (n * (n - 1)) / 2;
  const together = cells.reduce((sum, { count }) => sum + pairs(count), 0);
  const inRows = rows.reduce((sum, size) => sum + pairs(size), 0);
  const inColumns = columns.reduce((sum, size) => sum + pairs(size), 0);
  const expected = items < 2 ? 0 : (inRows * inColumns) / pairs(items);
  const most = (inRows + inColumns) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}
