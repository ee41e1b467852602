/**
 * Search at scale, against bare Zvec, LanceDB and Postgres with pgvector, each in a process of its own on one core, asked one
 * question after another. What was built is kept in the user's cache for the next run.
 */
import { execFile } from 'node:child_process';
import { access, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonVenv } from '../engines/python-venv.ts';
import { digestOf } from '../packages/throughline/src/lake/canonical.ts';
import { FORMAT } from '../packages/throughline/src/search/manifest.ts';
import { CACHE, SHARED } from './collections.ts';
import { withoutFailed } from './search/corpus.ts';
import { embedded } from './search/embedded.ts';
import { changeOneChunk, makeTheIndex, passageFiles, writeLake } from './search/lake.ts';
import type { Measured } from './search/measure.ts';
import { writeQuestions } from './search/questions.ts';
import { readTexts } from './search/texts.ts';

export const description =
  'recall@10 and latency of search in 100,000 passages (BENCH_SEARCH_PASSAGES), against Zvec alone, LanceDB and pgvector';

const PASSAGES = Number(process.env.BENCH_SEARCH_PASSAGES ?? 100_000);
const QUESTIONS = Number(process.env.BENCH_SEARCH_QUESTIONS ?? 1_000);
/** For what grows with the number of queries; none unless told. */
const MEMORY_QUERIES = Number(process.env.BENCH_SEARCH_MEMORY_QUERIES ?? 0);
/** Whose builds take longer than ours; `none` leaves them out. */
const PEERS = (process.env.BENCH_SEARCH_PEERS ?? 'LanceDB,pgvector').split(',');
/** More passages are derived from these. */
const DISTINCT = 100_000;
const REQUIREMENTS = [
  'lancedb==0.40.0',
  'pgserver==0.1.4',
  'psycopg[binary]==3.2.13',
  'numpy==2.4.6',
  'pyarrow==26.0.1',
];
/** Of the machine's cores, that which is asked. */
const CORE = '1';

type Row = Record<string, string | number>;
type Truth = { all: string[][]; filter: string[][] };
interface Answer {
  modes: Record<string, Measured>;
  breadth?: number;
  memory?: { early: number; late: number };
}

export default async function run(): Promise<Row[]> {
  const texts = await readTexts(SHARED, Math.min(PASSAGES, DISTINCT));
  const venv = await pythonVenv(REQUIREMENTS);
  if (!texts || !venv.ok) {
    console.error(`search: skipped, ${venv.ok ? `the collections are not in ${SHARED}` : venv.reason}`);
    return [];
  }
  // What was built by another version of the index, or of an engine, is not measured again.
  const made = digestOf({ FORMAT, REQUIREMENTS }).slice(0, 8);
  const folder = join(CACHE, `search-${PASSAGES}-${made}`);
  await mkdir(folder, { recursive: true });
  const python = (...args: string[]) => [venv.python, join(import.meta.dirname, 'search/theirs.py'), ...args];
  const corpus = withoutFailed({ texts: texts.passages, vectors: await embedded(texts.passages) });
  await writeQuestions(folder, texts.questions, await embedded(texts.questions));
  const built = await once(folder, 'ours', async () => {
    await rm(join(folder, 'lake'), { recursive: true, force: true });
    await writeLake(join(folder, 'lake'), corpus, PASSAGES);
    const whole = await makeTheIndex(join(folder, 'lake'));
    await changeOneChunk(join(folder, 'lake'), corpus, PASSAGES);
    const tail = await makeTheIndex(join(folder, 'lake'));
    return { whole, tail };
  });
  await writeFile(join(folder, 'files.json'), JSON.stringify(await passageFiles(join(folder, 'lake'))));
  const truth = await once<Truth>(folder, 'truth', () => answerOf(python('truth', folder)));
  const theirs: Record<string, { seconds: number }> = {};
  for (const [peer, name] of Object.entries({ LanceDB: 'lance', pgvector: 'pgvector' }))
    if (PEERS.includes(peer))
      theirs[peer] = await once(folder, `${name}_build`, () => answerOf(python(`${name}_build`, folder)));

  const bare = join(folder, 'lake', 'indexes', built.whole.manifest.version, 'collection');
  const node = (name: string, ...args: string[]) => [
    process.execPath,
    join(import.meta.dirname, 'search', `${name}.ts`),
    ...args,
  ];
  const asked: Record<string, Answer> = {};
  for (const [name, command] of Object.entries({
    'ours, with a tail': node('ours', folder, 'promoted', String(QUESTIONS), '0'),
    ours: node('ours', folder, built.whole.manifest.version, String(QUESTIONS), String(MEMORY_QUERIES)),
    Zvec: node('bare', bare, folder, String(QUESTIONS)),
    LanceDB: python('lance', folder, String(QUESTIONS)),
    pgvector: python('pgvector', folder, String(QUESTIONS)),
  })) {
    if ((name === 'LanceDB' || name === 'pgvector') && !PEERS.includes(name)) continue;
    console.error(`search: asking ${name}`);
    asked[name] = await answerOf(['taskset', '-c', CORE, ...command]);
  }
  return [
    ...latencies(asked, truth),
    ...(await buildRows(folder, built, theirs)),
    ...memoryRows(asked.ours!.memory),
  ];
}

function latencies(asked: Record<string, Answer>, truth: Truth): Row[] {
  const ours = asked.ours!.modes;
  return Object.entries(asked).flatMap(([engine, { modes, breadth }]) =>
    Object.entries(modes).map(([mode, { p50, p95, found }]): Row => {
      const true10 = { semantic: truth.all, 'semantic, filter': truth.filter }[mode];
      return {
        ...{ what: mode, engine, 'p50 ms': p50, 'p95 ms': p95, 'p50 / ours': p50 / ours[mode]!.p50 },
        ...(true10 && { 'recall@10': recall(found, true10) }),
        ...(breadth !== undefined && { breadth }),
      };
    }),
  );
}

function recall(found: readonly string[][], truth: readonly string[][]): number {
  const shares = found.map((ids, i) => ids.filter((id) => truth[i]!.includes(id)).length / truth[i]!.length);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

type Built = Record<'whole' | 'tail', Awaited<ReturnType<typeof makeTheIndex>>>;

async function buildRows(
  folder: string,
  { whole, tail }: Built,
  theirs: Record<string, { seconds: number }>,
): Promise<Row[]> {
  const { passages, version, verification } = whole.manifest;
  const bytes = await size(join(folder, 'lake', 'indexes', version));
  return [
    { what: 'build', engine: 'ours', seconds: whole.built },
    ...Object.entries(theirs).map(([engine, { seconds }]) => ({ what: 'build', engine, seconds })),
    { what: 'verify', engine: 'ours', seconds: whole.verified - whole.built },
    { what: 'build after 1 % changed', engine: 'ours', seconds: tail.built, share: tail.built / whole.built },
    { what: 'verify after 1 % changed', engine: 'ours', seconds: tail.verified - tail.built },
    { what: 'bytes of the index a passage', engine: 'ours', value: bytes / passages },
    ...verification!.cases.map((one) => ({
      what: `verified recall@10, ${(100 * one.selectivity).toPrecision(2)} % pass`,
      engine: 'ours',
      value: one['recall@10'],
    })),
  ];
}

function memoryRows(memory: Answer['memory']): Row[] {
  if (!memory) return [];
  const of = (what: string, value: number): Row => ({ what, engine: 'ours', value });
  return [
    of(`MiB after ${MEMORY_QUERIES / 10} queries`, memory.early),
    of(`MiB after ${MEMORY_QUERIES} queries`, memory.late),
  ];
}

async function size(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

/** What was made before is not made again. */
async function once<T>(folder: string, name: string, make: () => Promise<T>): Promise<T> {
  const path = join(folder, `${name}.json`);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return JSON.parse(await readFile(path, 'utf8'));
  console.error(`search: making ${name}`);
  const made = await make();
  await writeFile(path, JSON.stringify(made));
  return made;
}

async function answerOf<T>([program, ...args]: string[]): Promise<T> {
  const { stdout } = await promisify(execFile)(program!, args, { maxBuffer: 2 ** 28 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}
