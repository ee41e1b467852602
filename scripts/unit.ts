/**
 * `npm run unit`: the tests by day. A process for each file where it starts engines or processes, or changes its own; the small tests of
 * a package's source share one, as most of what they took was loading the same modules again, some 330 times. The long files come first,
 * so that all cores have work to the end.
 */
import { globSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, matchesGlob, sep } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { pathToFileURL } from 'node:url';
import { ROOT } from './packages.ts';

/** The longest. */
const PAGE = ['packages/web/test/**'];
const WHOLE = ['packages/*/test/**'];
const SHARED = ['packages/*/src/**', 'fake-api/**'];
/** They share a Spark Connect server, which takes 10 s to start and as many again to be quick. */
const SPARK = [
  'packages/throughline/src/filter/spark.test.ts',
  'packages/throughline/test/spark-{archive,parity}.test.ts',
];
const LAST = ['engines/**', 'demo/**', 'scripts/**', 'bench/**'];

/** Of the source, those with hooks for the whole file or a process that they change, and those of several seconds. */
const APART = [
  'packages/delta/src/{file-skipping,merge,open-table,optimize}.test.ts',
  'packages/delta/src/store/*.test.ts',
  'packages/themes/src/kmeans/*.test.ts',
  'packages/web/src/{api/waiting,search/filter-cel}.test.ts',
  'packages/throughline/src/chunk/lease.test.ts',
  'packages/throughline/src/cli/{main,stages,startup}.test.ts',
  'packages/throughline/src/command/command-pool.test.ts',
  'packages/throughline/src/compare/{compare,formats}.test.ts',
  'packages/throughline/src/engine/local/{chunk-rows,session,stage,stage-folders,stage-names}.test.ts',
  'packages/throughline/src/engine/spark/archive.test.ts',
  'packages/throughline/src/engine/spark/worker/{commands,main}.test.ts',
  'packages/throughline/src/filter/{engines,postgres}.test.ts',
  'packages/throughline/src/follow/{batch-publisher,changes-again,compact}.test.ts',
  'packages/throughline/src/http/transport.test.ts',
  'packages/throughline/src/lake/{stream-commit,vectors}.test.ts',
  'packages/throughline/src/model/{by-word,command,minilm,one-thread,onnx}.test.ts',
  'packages/throughline/src/quality/check-{embeddings,texts}.test.ts',
  'packages/throughline/src/run/repair.test.ts',
  'packages/throughline/src/search/{follow-searcher,index-copy,open-collection,open-index-process,searcher,zvec-store}.test.ts',
  'packages/throughline/src/search/fresh/{fresh-index,open-fresh}.test.ts',
  'packages/throughline/src/search/postgres/collections.test.ts',
  'packages/throughline/src/source/{delta-feed,postgres/postgres-feed,typed}.test.ts',
];

/** What would reach the tests of other files: hooks of the whole file, and variables of the environment. */
const REACHES_OTHERS = /^(?:before|after)(?:Each)?\(|^ *process\.env\.\w+ = /m;

const files = globSync('{packages,engines,demo,scripts,fake-api,bench}/**/*.test.ts', {
  cwd: ROOT,
  exclude: (path) => path.endsWith('node_modules'),
})
  .map((path) => path.replaceAll(sep, '/'))
  .sort();
const small = among(SHARED, [...APART, ...SPARK]);
const processes = [
  ...among(PAGE),
  await sharedFile('spark', among(SPARK)),
  ...among(WHOLE, [...PAGE, ...SPARK]),
  ...(await sharedFiles(small)),
  ...among(APART, SPARK),
  ...among(LAST),
];

// One more than CI has cores: a quarter of the time a file waits for an engine, a disk or a clock.
run({ cwd: ROOT, files: processes, concurrency: 3 })
  .on('test:summary', ({ success }) => {
    if (!success) process.exitCode = 1;
  })
  .compose(spec)
  .pipe(process.stdout);

function among(globs: readonly string[], but: readonly string[] = []): string[] {
  const matches = (file: string, some: readonly string[]) => some.some((glob) => matchesGlob(file, glob));
  return files.filter((file) => matches(file, globs) && !matches(file, but));
}

async function sharedFiles(tests: readonly string[]): Promise<string[]> {
  await refuseOwnProcesses(tests);
  const byPackage = Object.groupBy(tests, (file) => /^(packages\/)?[^/]+/.exec(file)![0]);
  const names = Object.entries(byPackage);
  return await Promise.all(names.map(([name, of]) => sharedFile(name.replaceAll('/', '-'), of!)));
}

async function refuseOwnProcesses(tests: readonly string[]): Promise<void> {
  for (const file of tests)
    if (REACHES_OTHERS.test(await readFile(join(ROOT, file), 'utf8')))
      throw new Error(`${file} changes its process: name it under APART in scripts/unit.ts`);
}

/** Writes a module that loads these, one file after the other. */
async function sharedFile(name: string, tests: readonly string[]): Promise<string> {
  const folder = join(ROOT, 'node_modules', '.cache', 'unit');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, loading(tests));
  return path;
}

/** A file that does not load is a test that fails, and the others run. */
function loading(tests: readonly string[]): string {
  const addresses = tests.map((file) => pathToFileURL(join(ROOT, file)).href);
  return `import { test } from 'node:test';
for (const file of ${JSON.stringify(addresses, null, 1)}) {
  try {
    await import(file);
  } catch (error) {
    test(file, () => {
      throw error;
    });
  }
}
`;
}
