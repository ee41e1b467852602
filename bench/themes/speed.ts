/** Seconds of a fit with its keywords, and of BERTopic's UMAP, HDBSCAN and c-TF-IDF: fit by fit in turn, both warm. */
import { fit, keywords } from '../../packages/themes/src/index.ts';
import { SHARED } from '../collections.ts';
import { withoutFailed } from '../search/corpus.ts';
import { embedded, WIDTH } from '../search/embedded.ts';
import { readTexts } from '../search/texts.ts';
import { openBertopic } from './bertopic.ts';
import { type LabelledSet, labelledSet } from './sets.ts';

export interface SpeedRow {
  set: string;
  method: string;
  passages: number;
  themes: number | string;
  /** The median. */
  seconds: number;
  /** Of all cores, of the same fit: does not depend on what else the machine does. */
  cpuSeconds?: number;
  runs: number;
  timesOurs: number | string;
  cpuTimesOurs?: number;
  recall?: number;
}

type Unlabelled = Omit<LabelledSet, 'labels'>;

const SIZES = (process.env.BENCH_THEMES_SIZES ?? '10000,50000').split(',').map(Number);
/** From this many on, one fit of each. */
const MANY = 20_000;
/** Seconds after which BERTopic is stopped. */
const LIMIT = Number(process.env.BENCH_THEMES_LIMIT ?? 600);
/** Distinct sentences of the collections; embedded once for this bench and for `search`. */
const SENTENCES = 100_000;

export async function speed(): Promise<SpeedRow[]> {
  const rows: SpeedRow[] = [];
  for (const size of SIZES) {
    const set = size <= MANY ? await labelledSet('banking77') : await sentences(size);
    rows.push(...(await inTurn(set, size <= MANY ? 3 : 1)));
  }
  return rows;
}

/** Real sentences of all collections, evenly: of complaints, customers' questions and abstracts. */
async function sentences(count: number): Promise<Unlabelled> {
  const { passages } = (await readTexts(SHARED, SENTENCES))!;
  const all = withoutFailed({ texts: passages, vectors: await embedded(passages) });
  const rows = Array.from({ length: count }, (_, i) => Math.floor((i * all.texts.length) / count));
  const vectors = new Float32Array(count * WIDTH);
  for (const [to, row] of rows.entries())
    vectors.set(all.vectors.subarray(row * WIDTH, (row + 1) * WIDTH), to * WIDTH);
  return { name: 'sentences', texts: rows.map((row) => all.texts[row]!), vectors, dimension: WIDTH };
}

async function inTurn(set: Unlabelled, runs: number): Promise<SpeedRow[]> {
  const ours: Timed[] = [];
  const theirs: Timed[] = [];
  let stopped = false;
  await timedFit({
    ...set,
    texts: set.texts.slice(0, 500),
    vectors: set.vectors.slice(0, 500 * set.dimension),
  });
  await using bertopic = await openBertopic(set);
  for (let run = 0; run < runs && !stopped; run++) {
    ours.push(await timedFit(set));
    console.error(`themes: ${set.texts.length} ${set.name}: ours ${described(ours.at(-1)!)}`);
    if (!bertopic) continue;
    const found = await bertopic.fit({}, LIMIT);
    stopped = found === undefined;
    theirs.push({
      seconds: found?.seconds ?? LIMIT,
      cpuSeconds: found?.cpuSeconds ?? Number.NaN,
      themes: found?.keywords.length ?? Number.NaN,
    });
    console.error(`themes: BERTopic ${described(theirs.at(-1)!)}`);
  }
  const [own, other] = [median(ours), median(theirs)];
  const row = { set: set.name, passages: set.texts.length, runs };
  const rows: SpeedRow[] = [{ ...row, method: 'kNN + Leiden, keywords', ...own, timesOurs: 1 }];
  if (!other) return rows;
  const times = Number((other.seconds / own.seconds).toPrecision(3));
  if (stopped) {
    const method = `BERTopic, stopped after ${LIMIT} s`;
    return [...rows, { ...row, method, themes: '', seconds: LIMIT, timesOurs: `more than ${times}` }];
  }
  const cpuTimesOurs = other.cpuSeconds / own.cpuSeconds;
  return [...rows, { ...row, method: 'BERTopic', ...other, timesOurs: times, cpuTimesOurs }];
}

interface Timed {
  seconds: number;
  cpuSeconds: number;
  themes: number;
  recall?: number;
}

function described({ seconds, cpuSeconds }: Timed): string {
  return `${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s of all cores`;
}

async function timedFit({ texts, vectors, dimension }: Unlabelled): Promise<Timed> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const { membership, themes, recall } = await fit(vectors, dimension);
  keywords(
    texts.map((text, i) => ({ text, theme: membership[i]! })),
    themes,
  );
  const { user, system } = process.cpuUsage(cpu);
  return {
    themes,
    ...{ seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 },
    recall,
  };
}

function median<T extends { seconds: number }>(runs: T[]): T {
  return runs.sort((a, b) => a.seconds - b.seconds)[Math.floor(runs.length / 2)]!;
}
