/**
 * `npm run unit`: the tests by day. A process for each file where it starts engines or processes, or changes its own; the small tests of
 * a package's source share one, as most of what they took was loading the same modules again, some 330 times. The long files come first,
 * so that both cores have work to the end.
 */
import { globSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, matchesGlob, sep } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { pathToFileURL } from 'node:url';
import { ROOT } from './packages.ts';

/** Files of these share no process, and start in this order. */
const FIRST = ['packages/web/test/**', 'packages/*/test/**'];
const SHARED = ['packages/*/src/**', 'fake-api/**'];
const LAST = ['engines/**', 'demo/**', 'scripts/**'];

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
  'packages/throughline/src/filter/{engines,postgres,spark}.test.ts',
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

const files = globSync('{packages,engines,demo,scripts,fake-api}/**/*.test.ts', {
  cwd: ROOT,
  exclude: (path) => path.endsWith('node_modules'),
})
  .map((path) => path.replaceAll(sep, '/'))
  .sort();
const ofSource = among(SHARED);
const apart = ofSource.filter((file) => APART.some((glob) => matchesGlob(file, glob)));
const shared = await sharedFiles(ofSource.filter((file) => !apart.includes(file)));
const all = [...new Set(FIRST.flatMap((glob) => among([glob]))), ...shared, ...apart, ...among(LAST)];

run({ cwd: ROOT, files: all, concurrency: 2 })
  .on('test:summary', ({ success }) => {
    if (!success) process.exitCode = 1;
  })
  .compose(spec)
  .pipe(process.stdout);

function among(globs: readonly string[]): string[] {
  return files.filter((file) => globs.some((glob) => matchesGlob(file, glob)));
}

/** Writes for each package a module that loads its tests, one file after the other. */
async function sharedFiles(tests: readonly string[]): Promise<string[]> {
  const folder = join(ROOT, 'node_modules', '.cache', 'unit');
  await mkdir(folder, { recursive: true });
  const byPackage = Object.groupBy(tests, (file) => /^(packages\/)?[^/]+/.exec(file)![0]);
  return await Promise.all(
    Object.entries(byPackage).map(async ([name, of]) => {
      const path = join(folder, `${name.replaceAll('/', '-')}.mjs`);
      await writeFile(path, loading(of!));
      return path;
    }),
  );
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
