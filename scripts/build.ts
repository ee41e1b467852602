/**
 * `npm run build`: packages/NAME/src/x.ts becomes packages/NAME/dist/x.js and x.d.ts, file by file, so that a
 * path relative to a module (the model's files, package.json, a worker) is the same in both. The product has one module
 * more: the worker that it sends to executors, with all that it imports. A package with a script `build` is built by it:
 * the web page is files for browsers.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { bundleWorker } from '../packages/throughline/src/engine/spark/bundle-worker.ts';
import { javascriptPaths } from './javascript-paths.ts';
import { type Package, publishedPackages, ROOT } from './packages.ts';

/** Node 22 reads ES2022 and most of what came after, but not `using`: the compiler lowers it. */
const TARGET = ts.ScriptTarget.ES2022;

/** Where `worker-module.ts` looks for it. */
const WORKER = 'engine/spark/worker.mjs';

export class BuildError extends Error {
  readonly code = 'build_failed';
}

/** Replaces `dist` of each package. Throws BuildError with the compiler's words, and then writes nothing. */
export async function buildPackages(all: readonly Package[]): Promise<void> {
  const packages = all.filter((one) => !buildsItself(one));
  const program = ts.createProgram(sourceFiles(packages), compilerOptions());
  refuse(ts.getPreEmitDiagnostics(program));
  const outputs = new Map<string, string | Uint8Array>();
  const { diagnostics } = program.emit(
    undefined,
    (path, text) => {
      const target = outputPath(path, packages);
      if (target !== undefined) outputs.set(target, path.endsWith('.d.ts') ? javascriptImports(text) : text);
    },
    undefined,
    false,
    { before: [javascriptPaths] },
  );
  refuse(diagnostics);
  const product = packages.find(({ manifest }) => manifest.name === 'throughline');
  if (product) outputs.set(join(product.folder, 'dist', WORKER), await bundleWorker());
  for (const { folder } of packages) rmSync(join(folder, 'dist'), { recursive: true, force: true });
  for (const [path, text] of outputs) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  for (const { folder } of all.filter(buildsItself))
    execFileSync('npm', ['run', '--silent', 'build'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
}

function buildsItself({ manifest }: Package): boolean {
  return manifest.scripts?.build !== undefined;
}

function sourceFiles(packages: readonly Package[]): string[] {
  const tests = ['**/*.test.ts', '**/testing/**'];
  return packages.flatMap(({ folder }) => ts.sys.readDirectory(join(folder, 'src'), ['.ts'], tests));
}

function compilerOptions(): ts.CompilerOptions {
  const { config, error } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  if (error) refuse([error]);
  return {
    ...ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT).options,
    target: TARGET,
    rootDir: join(ROOT, 'packages'),
    outDir: join(ROOT, 'packages'),
    noEmit: false,
    declaration: true,
    rewriteRelativeImportExtensions: true,
  };
}

/** `packages/NAME/src/x.js` -> `packages/NAME/dist/x.js`; nothing for what is not of a package's src. */
function outputPath(path: string, packages: readonly Package[]): string | undefined {
  for (const { folder } of packages) {
    const inside = relative(join(folder, 'src'), path);
    if (!inside.startsWith('..') && !inside.startsWith(sep)) return join(folder, 'dist', inside);
  }
  return undefined;
}

/** Declarations keep `./x.ts` in their imports, which a reader of the package does not have. */
function javascriptImports(declaration: string): string {
  return declaration.replace(/((?:from|import)\s*\(?\s*['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2');
}

function refuse(diagnostics: readonly ts.Diagnostic[]): void {
  if (diagnostics.length === 0) return;
  const host = {
    getCanonicalFileName: (name: string) => name,
    getCurrentDirectory: () => ROOT,
    getNewLine: () => '\n',
  };
  throw new BuildError(`the packages do not compile:\n${ts.formatDiagnostics(diagnostics, host)}`);
}

if (import.meta.main) {
  const packages = await publishedPackages();
  await buildPackages(packages);
  console.log(`Built ${packages.map(({ manifest }) => manifest.name).join(', ')}.`);
}
