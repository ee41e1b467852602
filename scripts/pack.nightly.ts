import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import ts from 'typescript';
import { nightly } from '../engines/nightly.ts';
import { npmInstall } from './npm-install.ts';
import { packPackages, type Tarball } from './pack.ts';
import { ROOT } from './packages.ts';

const run = promisify(execFile);

/** The oldest Node that the packages say they run on, and the newest of its line. */
const OLD_NODES = ['22.12.0', '22'];
const ROWS = 40;

let folder: string;
let consumer: string;
let tarballs: Tarball[];
let installed: Awaited<ReturnType<typeof npmInstall>>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-installed-'));
  consumer = join(folder, 'consumer');
  tarballs = await packPackages(join(folder, 'tarballs'));
  installed = await npmInstall(
    consumer,
    tarballs.map(({ path }) => path),
  );
});
after(() => rm(folder, { recursive: true, force: true }));

/** For browsers: it has no module that a program could import. */
const PAGE = '@throughline/web';
const PAGE_FILES =
  /^dist\/(index\.html|favicon\.svg|licenses\.md|assets\/.+\.(js|css|woff2|txt)(\.gz|\.br)?)$/;

test('a tarball holds JavaScript, declarations, data and papers; no source, test or fixture', (t) => {
  for (const { name, size, unpackedSize, files } of tarballs) {
    t.diagnostic(`${name}: ${size} bytes packed, ${unpackedSize} unpacked, ${files.length} files`);
    const door = name === PAGE ? ['dist/index.html'] : ['dist/index.js', 'dist/index.d.ts'];
    const forPython = ['python/throughline_client.py', 'python/throughline_mapper.py'];
    const own = name === 'throughline' ? forPython : [];
    for (const file of ['package.json', 'README.md', 'LICENSE', ...door, ...own]) {
      assert.ok(files.includes(file), `${name} lacks ${file}`);
    }
    const foreign = files.filter(
      (file) =>
        (!(name === PAGE && PAGE_FILES.test(file)) &&
          !/^(dist\/.+\.(m?js|d\.ts)|bin\/.+\.js|model\/.+|python\/.+\.py|package\.json|[A-Z]+(\.md)?)$/.test(
            file,
          )) ||
        /\.test\.|(^|\/)(testing|fixtures?)\//.test(file),
    );
    assert.deepEqual(foreign, [], name);
  }
});

test('whatever a packed module imports from its own package is packed too', async (t) => {
  if (!installed.ok) return t.skip(installed.reason);
  for (const { name, files } of tarballs) {
    const modules = files.filter((file) => /^dist\/.+\.(m?js|d\.ts)$/.test(file));
    for (const file of modules) {
      const text = await readFile(join(consumer, 'node_modules', name, file), 'utf8');
      const own = ts
        .preProcessFile(text)
        .importedFiles.flatMap(({ fileName }) => (fileName.startsWith('.') ? [fileName] : []));
      for (const path of own) {
        assert.ok(files.includes(posix.join(dirname(file), path)), `${name}/${file} imports ${path}`);
      }
    }
  }
});

test('a program in TypeScript finds the declarations of every package', async (t) => {
  if (!installed.ok) return t.skip(installed.reason);
  const libraries = tarballs.filter(({ name }) => name !== PAGE);
  const imports = libraries.map(({ name }, i) => `import * as package${i} from '${name}';`);
  const used = libraries.map((_, i) => `package${i}`).join(', ');
  await writeFile(
    join(consumer, 'program.mts'),
    `${imports.join('\n')}\n${PROGRAM}export default [${used}];\n`,
  );
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024'];
  const types = ['--lib', 'es2024,esnext.disposable', '--types', join(ROOT, 'node_modules/@types/node')];
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, ...options, ...types, 'program.mts'], { cwd: consumer }).catch(
    ({ stdout }: { stdout: string }) => assert.fail(stdout),
  );
});

/** The second function proves that the declarations are found: without them everything would be allowed. */
const PROGRAM = `
import type { RunResult } from 'throughline';
export const records = (result: RunResult): number => result.records;
// @ts-expect-error A result has no such field.
export const other = (result: RunResult): number => result.noSuchField;
`;

test('the installed product runs on the Node that runs this test', async (t) => {
  if (!installed.ok) return t.skip(installed.reason);
  assert.match(await help(process.execPath), /Usage: throughline/);
  const { ran } = await reference();
  assert.deepEqual([ran.records, ran.deadLetters, ran.chunks.failed], [ROWS, 0, 0]);
});

test('the installed product serves the page, and the page finds what it is made of', async (t) => {
  if (!installed.ok) return t.skip(installed.reason);
  await reference();
  await servesThePage(process.execPath);
});

async function servesThePage(node: string): Promise<void> {
  const server = spawn(node, [product(), 'serve', '--json', '--port', '0', '--log-level', 'error'], {
    ...{ cwd: join(folder, 'job-current'), stdio: ['ignore', 'pipe', 'inherit'] },
  });
  try {
    const [line] = (await once(server.stdout!.setEncoding('utf8'), 'data')) as [string];
    const { url } = JSON.parse(line) as { url?: string };
    assert.ok(url, line);
    const document = await (await fetch(`${url}/themes`)).text();
    const parts = Array.from(document.matchAll(/(?:src|href)="(\/[^"]+)"/g), ([, path]) => path!);
    assert.ok(
      parts.some((path) => path.endsWith('.js')) && parts.some((path) => path.endsWith('.css')),
      document,
    );
    for (const path of parts) {
      const { status, headers } = await fetch(url + path, { headers: { 'accept-encoding': 'gzip' } });
      assert.equal(status, 200, path);
      if (/index-.+\.js$/.test(path)) assert.equal(headers.get('content-encoding'), 'gzip');
    }
  } finally {
    server.kill();
  }
}

test('the installed product lints a notebook: the grammar is found where it is installed', async (t) => {
  if (!installed.ok) return t.skip(installed.reason);
  const notebook = join(folder, 'sleep.py');
  await writeFile(notebook, 'import time\ntime.sleep(5)\n');
  const { stdout } = await run(process.execPath, [product(), 'lint', notebook, '--json']);
  const { findings } = JSON.parse(stdout);
  assert.deepEqual([findings.length, findings[0].rule], [1, 'fixed-sleep']);
});

for (const version of OLD_NODES) {
  // The newest of an old line is between it and this one.
  const skip = version === OLD_NODES[0] ? false : nightly;
  test(`the installed product gives the same on Node ${version}`, { skip }, async (t) => {
    if (!installed.ok) return t.skip(installed.reason);
    const home = join(folder, `node-${version}`);
    const old = await npmInstall(home, [`node@${version}`]);
    if (!old.ok) return t.skip(`no Node ${version}: ${old.reason}`);
    const node = join(home, 'node_modules/node/bin/node');
    assert.match((await run(node, ['--version'])).stdout, /^v22\./);
    assert.match(await help(node), /Usage: throughline/);
    const { hits, themes } = await useProduct(node, version);
    const expected = await reference();
    assert.deepEqual(hits, expected.hits);
    assert.deepEqual(themes, expected.themes);
    await servesThePage(node);
  });
}

test('the installed product makes the archive for executors on the oldest Node, and its worker runs there', async (t) => {
  if (!installed.ok) return t.skip(installed.reason);
  const home = join(folder, `node-${OLD_NODES[0]}`);
  const old = await npmInstall(home, [`node@${OLD_NODES[0]}`]);
  if (!old.ok) return t.skip(`no Node ${OLD_NODES[0]}: ${old.reason}`);
  const node = join(home, 'node_modules/node/bin/node');
  const cwd = join(folder, 'executor');
  await mkdir(cwd);
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
  const door = join(consumer, 'node_modules/throughline/dist/engine/spark/archive.js');
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
  const make = `const { executorArchive } = await import(${JSON.stringify(door)});
    const settings = { arch: '${arch}', node: process.execPath, spec: { model: 'minilm' } };
    console.log((await executorArchive(settings)).path);`;
  const { stdout: path } = await run(node, ['--input-type=module', '-e', make], { env });
  await run('tar', ['-xzf', path.trim(), '-C', cwd]);
  const settings = Buffer.from('{"model":{"model":"minilm"}}').toString('base64url');
  const worker = run(join(cwd, 'node'), [join(cwd, 'lib/worker.mjs'), 'embed', settings]);
  worker.child.stdin!.end('{"hash":"h","text":"a debt that is not mine"}\n');
  const { hash, embedding } = JSON.parse((await worker).stdout);
  assert.deepEqual([hash, embedding.length], ['h', 384]);
});

test('an older Node is told what is needed, and nothing else', async (t) => {
  if (!installed.ok) return t.skip(installed.reason);
  const home = join(folder, 'node-20');
  const old = await npmInstall(home, ['node@20']);
  if (!old.ok) return t.skip(`no Node 20: ${old.reason}`);
  const call = run(join(home, 'node_modules/node/bin/node'), [product(), 'plan']);
  await assert.rejects(call, (error: Error & { code: number; stdout: string; stderr: string }) => {
    assert.deepEqual([error.code, error.stdout], [78, '']);
    assert.match(
      error.stderr,
      /^throughline needs Node 22\.12 or newer; this is v20\.\d+\.\d+\. Install .+\n$/,
    );
    return true;
  });
});

let current: ReturnType<typeof useProduct> | undefined;

function reference(): ReturnType<typeof useProduct> {
  current ??= useProduct(process.execPath, 'current');
  return current;
}

function product(): string {
  return join(consumer, 'node_modules/throughline/bin/throughline.js');
}

async function help(node: string): Promise<string> {
  return (await run(node, [product(), '--help'])).stdout;
}

/** The main job on a few complaints, in a folder of its own. */
async function useProduct(node: string, name: string) {
  const cwd = join(folder, `job-${name}`);
  await mkdir(cwd);
  await writeFile(join(cwd, 'complaints.csv'), await firstRows(ROWS));
  await writeFile(join(cwd, 'throughline.yaml'), CONFIG);
  const call = async (...args: string[]) => {
    const { stdout } = await run(node, [product(), ...args, '--json'], { cwd });
    return JSON.parse(stdout);
  };
  const ran = await call('run');
  const { hits } = await call('search', 'a debt that is not mine');
  const { themes } = await call('themes');
  assert.ok(hits.length > 0 && themes.length > 0, 'nothing was found');
  // When a theme was born is of the run.
  return { ran, hits, themes: themes.map((theme: object) => ({ ...theme, firstSeen: null })) };
}

const CONFIG = `
name: complaints
source:
  type: csv
  path: complaints.csv
  id: complaint_id
  text: narrative
  timestamp: date_received
  attributes: [product, state]
chunk: { by: date_received, every: 3M }
lake: ./lake
`;

/** The header and the first rows of the demo's complaints: a line break inside quotes does not end a row. */
async function firstRows(count: number): Promise<string> {
  const text = await readFile(join(ROOT, 'demo/complaints.csv'), 'utf8');
  let quoted = false;
  let rows = -1;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    if (text[at] === '\n' && !quoted && ++rows === count) return text.slice(0, at + 1);
  }
  throw new Error(`the demo has fewer than ${count} complaints`);
}
